// Why something could not be fetched from a server.
#pragma once

#include "updater/messages/coded.hpp"

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

/// The code of each kind.
constexpr messages::Code code_of(DownloadFailure kind) {
    switch (kind) {
    case DownloadFailure::url_not_allowed:
        return messages::Code::url_not_allowed;
    case DownloadFailure::host_not_found:
        return messages::Code::host_not_found;
    case DownloadFailure::connection_failed:
        return messages::Code::connection_failed;
    case DownloadFailure::too_slow:
        return messages::Code::server_too_slow;
    case DownloadFailure::certificate_refused:
        return messages::Code::certificate_refused;
    case DownloadFailure::pem_unusable:
        return messages::Code::pem_unusable;
    case DownloadFailure::proxy_failed:
        return messages::Code::proxy_failed;
    case DownloadFailure::not_on_server:
        return messages::Code::not_on_server;
    case DownloadFailure::server_refused:
        return messages::Code::server_refused;
    case DownloadFailure::too_large:
        return messages::Code::download_too_large;
    case DownloadFailure::replaced_on_server:
        return messages::Code::replaced_on_server;
    case DownloadFailure::ranges_not_supported:
        return messages::Code::ranges_not_supported;
    case DownloadFailure::wrong_answer:
        return messages::Code::wrong_answer;
    case DownloadFailure::other:
        return messages::Code::download_failed;
    }
    throw std::logic_error("unknown kind of download failure");
}

/// `what()` is a message for people: what happened, with which URL, and what to do.
class DownloadFailed : public std::runtime_error, public messages::Coded {
  public:
    DownloadFailed(DownloadFailure kind, const std::string &message)
        : std::runtime_error(message), kind_(kind) {}
    DownloadFailure kind() const { return kind_; }
    messages::Code code() const override { return code_of(kind_); }

  private:
    DownloadFailure kind_;
};

} // namespace updater::download
