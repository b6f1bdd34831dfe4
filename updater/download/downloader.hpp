// Fetching a file from a URL: the interface and its error. The real one is in curl_fetcher.hpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace updater {

/// What went wrong, for those who decide whether to try again.
enum class DownloadFailure {
    url_not_allowed,     ///< not https, or redirected to something else
    host_not_found,      ///< no such name, or no name server answers
    connection_failed,   ///< refused, unreachable, or lost on the way
    too_slow,            ///< no answer, or next to nothing arrives
    certificate_refused, ///< the server could not prove who it is
    pem_unusable,        ///< the authority's certificates, or our own, or our key
    proxy_failed,        ///< it cannot be reached, or refuses us
    not_on_server,       ///< the server answers, and has no such file
    server_refused,      ///< any other HTTP status that says no
    too_large,
    storage_failed,       ///< disk full or broken
    replaced_on_server,   ///< another file under the same name: begin again, nothing of the old one is of use
    ranges_not_supported, ///< the server sends whole files only: fetch the whole instead
    wrong_answer,         ///< not what was asked for; the server, or something on the way, is broken
    other,
};

/// A download that did not finish; nothing of it is left on the disk. `what()` is for a person: what
/// happened, with which URL, what to do.
class DownloadFailed : public std::runtime_error {
  public:
    DownloadFailed(DownloadFailure kind, const std::string &message)
        : std::runtime_error(message), kind_(kind) {}
    DownloadFailure kind() const { return kind_; }

  private:
    DownloadFailure kind_;
};

/// Gets files over the network.
class Fetcher {
  public:
    /// `bytes_all` is missing when the server does not say how long the file is.
    using Progress = std::function<void(std::uint64_t bytes_done, std::optional<std::uint64_t> bytes_all)>;

    virtual ~Fetcher() = default;

    /// Fetches `url` into the file `target`, whose folder exists. Until all of it has arrived it is called
    /// target.part. On return it is complete and durable under its name; on any throw what was called
    /// `target` is as before and the .part file is gone. Throws DownloadFailed, and Cancelled within a second
    /// after `stop` asks for it. What `progress` throws passes through.
    virtual void fetch(const std::string &url, const std::filesystem::path &target, const Progress &progress,
                       std::stop_token stop) = 0;
};

} // namespace updater
