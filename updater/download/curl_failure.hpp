// What libcurl knows about a failed transfer, and which failure of a download that is. Internal to this
// folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"

#include <curl/curl.h>
#include <string>

namespace updater::download {

/// What is known about a failed transfer.
struct TransferResult {
    CURLcode code{};
    long http_status{};      ///< 0 if there was no response
    long proxy_status{};     ///< 0 if there is no proxy, or if it did not respond
    std::string detail;      ///< libcurl's own words
    std::string redirection; ///< where the server redirected to; empty if it did not
};

/// Collects what libcurl knows about the transfer that ended with `code`. `detail` is its error buffer.
TransferResult result_of(CURL *handle, CURLcode code, const char *detail);

/// Throws DownloadFailed (url_not_allowed) unless `url` is an https URL.
void require_https(const std::string &url);

/// `connection`: the settings of the failed transfer. The message contains no password.
DownloadFailed failure_of(const std::string &url, const TransferResult &result, const Connection &connection);

/// Whether the proxy refused the request or could not be reached.
bool failed_at_proxy(const TransferResult &result, const Connection &connection);

} // namespace updater::download
