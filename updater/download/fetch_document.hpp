// Small documents from a server, in memory. Does not look at what it fetches.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"

#include <cstdint>
#include <stop_token>
#include <string>

namespace updater::download {

/// The whole answer, which is `max_bytes` long at most. It is asked for once, without retries, and has to be
/// here within the connection's give_up_time. Throws DownloadFailed, with not_on_server if there is no such
/// document; Cancelled within a second after `stop` asks for it.
std::string fetch_document(const std::string &url, std::uint64_t max_bytes, const Connection &connection,
                           const std::stop_token &stop);

} // namespace updater::download
