// What a failed download says to people: what happened, and what to do next. Internal to this folder.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/curl_failure.hpp"
#include "updater/download/download_failed.hpp"

#include <string>

namespace updater::download {

/// One line without the URL. `connection`: the settings of the failed transfer.
std::string failure_text(DownloadFailure kind, const TransferResult &result, const Connection &connection);

} // namespace updater::download
