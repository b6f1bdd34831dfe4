// A Fetcher without a network, for tests: serves files that the test put behind URLs.
#pragma once

#include "updater/cancelled.hpp"
#include "updater/download/downloader.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace updater {

/// Behaves as the interface says: a .part file while it works, progress, cancelling between pieces, errors
/// that leave nothing behind. An unknown URL is answered as by a server that does not have it.
class FakeFetcher : public Fetcher {
  public:
    void serve(const std::string &url, std::string contents) { contents_[url] = std::move(contents); }
    void fail(const std::string &url, DownloadFailure kind, const std::string &message) {
        failures_.insert_or_assign(url, DownloadFailed(kind, message));
    }
    /// What was asked for, in order.
    const std::vector<std::string> &requests() const { return requests_; }

    void fetch(const std::string &url, const std::filesystem::path &target, const Progress &progress,
               std::stop_token stop) override {
        requests_.push_back(url);
        const auto failure = failures_.find(url);
        if (failure != failures_.end())
            throw failure->second;
        const auto found = contents_.find(url);
        if (found == contents_.end())
            throw DownloadFailed(DownloadFailure::not_on_server,
                                 "cannot download " + url + ": the server does not have it (404)");
        const std::filesystem::path part = target.string() + ".part";
        try {
            write(found->second, part, progress, stop);
            std::filesystem::rename(part, target);
        } catch (...) {
            std::error_code ignored_because_already_failing;
            std::filesystem::remove(part, ignored_because_already_failing);
            throw;
        }
    }

  private:
    static constexpr std::size_t piece_bytes = 64 * 1024;

    static void write(const std::string &contents, const std::filesystem::path &part,
                      const Progress &progress, const std::stop_token &stop) {
        std::ofstream stream(part, std::ios::binary | std::ios::trunc);
        stream.exceptions(std::ios::failbit | std::ios::badbit);
        for (std::size_t done = 0; done < contents.size();) {
            if (stop.stop_requested())
                throw Cancelled();
            const std::size_t length = std::min(piece_bytes, contents.size() - done);
            stream.write(contents.data() + done, static_cast<std::streamsize>(length));
            done += length;
            if (progress)
                progress(done, contents.size());
        }
        stream.close();
        if (stop.stop_requested())
            throw Cancelled();
    }

    std::map<std::string, std::string> contents_;
    std::map<std::string, DownloadFailed> failures_;
    std::vector<std::string> requests_;
};

} // namespace updater
