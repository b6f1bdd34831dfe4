// One response from its first byte to its last, without retries. Internal to this folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/curl_handles.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace updater::download {

struct WholeTransferLimits {
    std::uint64_t max_bytes = 0;
    /// A lower average during the connection's stall_time is too slow.
    std::uint64_t min_bytes_per_second = 100;
    std::chrono::seconds max_time{0}; ///< for the whole transfer
};

/// Not movable: libcurl keeps its address.
class WholeTransfer {
  public:
    /// Receives the bytes in order, never more than max_bytes. What it throws passes through run().
    using Sink = std::function<void(std::span<const std::byte> bytes)>;

    /// Connects to nothing yet. Throws DownloadFailed (url_not_allowed, proxy_failed).
    WholeTransfer(std::string url, Connection connection, const WholeTransferLimits &limits, Sink sink);
    ~WholeTransfer();
    WholeTransfer(const WholeTransfer &) = delete;
    WholeTransfer &operator=(const WholeTransfer &) = delete;

    /// On return the sink has received everything. Throws DownloadFailed; Cancelled within a second of a stop
    /// request. May be called once.
    void run(const std::stop_token &stop);

  private:
    void set_up();
    static std::size_t on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept;
    void take(std::span<const std::byte> bytes);
    void check_result();

    curl::Library library_;
    std::string url_;
    Connection connection_;
    WholeTransferLimits limits_;
    Sink sink_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    curl::Easy easy_;
    curl::Multi multi_;
    bool added_ = false;
    std::uint64_t done_bytes_ = 0;
    std::exception_ptr thrown_;
};

} // namespace updater::download
