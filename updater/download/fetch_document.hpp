// Small documents from a server, in memory. Does not look at what it fetches.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"

#include <cstdint>
#include <stop_token>
#include <string>

namespace updater::download {

/// Fetches the whole document, at most `max_bytes`, with one request and without retries, within the
/// connection's give_up_time. Throws DownloadFailed, with not_on_server if there is no such document;
/// Cancelled within a second of a stop request.
std::string fetch_document(const std::string &url, std::uint64_t max_bytes, const Connection &connection,
                           const std::stop_token &stop);

} // namespace updater::download
