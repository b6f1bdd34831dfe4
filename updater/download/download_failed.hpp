// Why something could not be fetched from a server.
#pragma once

#include <stdexcept>
#include <string>

namespace updater::download {

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
    replaced_on_server,   ///< another file under the same name: begin again, nothing of the old one is of use
    ranges_not_supported, ///< the server sends whole files only: fetch the whole instead
    wrong_answer,         ///< not what was asked for; the server, or something on the way, is broken
    other,
};

/// `what()` is for a person: what happened, with which URL, what to do.
class DownloadFailed : public std::runtime_error {
  public:
    DownloadFailed(DownloadFailure kind, const std::string &message)
        : std::runtime_error(message), kind_(kind) {}
    DownloadFailure kind() const { return kind_; }

  private:
    DownloadFailure kind_;
};

} // namespace updater::download
