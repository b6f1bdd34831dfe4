// Why something could not be fetched from a server.
#pragma once

#include <stdexcept>
#include <string>

namespace updater::download {

/// The kind of failure, for callers that decide whether to retry.
enum class DownloadFailure {
    url_not_allowed,     ///< not https, or redirected to something else
    host_not_found,      ///< no such name, or no name server answers
    connection_failed,   ///< refused, unreachable, or lost
    too_slow,            ///< no answer in time, or almost no data
    certificate_refused, ///< the server could not prove who it is
    pem_unusable,        ///< the authority's certificates, our own certificate or our key
    proxy_failed,        ///< it cannot be reached, or refused the request
    not_on_server,       ///< the server has no such file
    server_refused,      ///< any other HTTP error status
    too_large,
    replaced_on_server,   ///< another file under the same name: discard what was fetched, and start over
    ranges_not_supported, ///< the server sends whole files only: fetch the whole file instead
    wrong_answer,         ///< not what was requested; the server, or something in between, is broken
    other,
};

/// `what()` is a message for people: what happened, with which URL, and what to do.
class DownloadFailed : public std::runtime_error {
  public:
    DownloadFailed(DownloadFailure kind, const std::string &message)
        : std::runtime_error(message), kind_(kind) {}
    DownloadFailure kind() const { return kind_; }

  private:
    DownloadFailure kind_;
};

} // namespace updater::download
