// Fetching with libcurl, https only. Does not look at what it fetches: that is the firmware reader's work.
#pragma once

#include "updater/download/downloader.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace partitions {
class Storage;
}

namespace updater {

struct DownloadLimits {
    std::uint64_t most_bytes = std::uint64_t{8} * 1024 * 1024 * 1024;
    std::chrono::seconds connect_time{30};
    /// A transfer that moves less than `least_bytes_per_second` for this long has failed.
    std::chrono::seconds stall_time{60};
    std::uint64_t least_bytes_per_second = 100;
};

/// Takes only https, also after a redirect, and only from servers whose certificate leads to
/// `certificate_authority` (PEM, one or more certificates), through no proxy.
class CurlFetcher : public Fetcher {
  public:
    /// `storage` has to outlive this object.
    CurlFetcher(partitions::Storage &storage, std::filesystem::path certificate_authority,
                DownloadLimits limits = {});
    ~CurlFetcher() override;

    void fetch(const std::string &url, const std::filesystem::path &target, const Progress &progress,
               std::stop_token stop) override;

  private:
    partitions::Storage &storage_;
    std::filesystem::path certificate_authority_;
    DownloadLimits limits_;
};

} // namespace updater
