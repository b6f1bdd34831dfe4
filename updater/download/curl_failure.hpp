// What a failed transfer means to a person. Internal to this folder.
#pragma once

#include "updater/download/downloader.hpp"

#include <chrono>
#include <curl/curl.h>
#include <string>

namespace updater {

/// What is known after a transfer that failed.
struct TransferResult {
    CURLcode code{};
    long http_status{};      ///< 0 if none came
    std::string detail;      ///< libcurl's own words
    std::string redirection; ///< where the server wanted to send us, if it did
};

/// `url` as shown in messages.
DownloadFailed failure_of(const std::string &url, const TransferResult &result,
                          std::chrono::seconds stall_time);

/// The URL without user name and password: it ends up in logs.
std::string url_to_show(const std::string &url);

/// The name of the server in it.
std::string host_of(const std::string &url);

} // namespace updater
