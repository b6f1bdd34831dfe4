// What a failed transfer means to a person. Internal to this folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"

#include <curl/curl.h>
#include <string>

namespace updater::download {

/// What is known after a transfer that failed.
struct TransferResult {
    CURLcode code{};
    long http_status{};      ///< 0 if none came
    long proxy_status{};     ///< 0 if there is no proxy, or if it did not answer
    std::string detail;      ///< libcurl's own words
    std::string redirection; ///< where the server wanted to send us, if it did
};

/// What libcurl knows about the transfer that ended with `code`; `detail` is its error buffer.
TransferResult result_of(CURL *handle, CURLcode code, const char *detail);

/// Throws DownloadFailed (url_not_allowed) if it is no https URL.
void require_https(const std::string &url);

/// `connection` is the one that it was tried with. No password gets into the message.
DownloadFailed failure_of(const std::string &url, const TransferResult &result, const Connection &connection);

/// Did the proxy say no, or was it not to be reached?
bool failed_at_proxy(const TransferResult &result, const Connection &connection);

/// The URL without user name and password, and with *** for all that stands behind its "?", such as the
/// signature of a link that was made for one download: it ends up in logs.
std::string url_to_show(const std::string &url);

/// The name of the server in it.
std::string host_of(const std::string &url);

} // namespace updater::download
