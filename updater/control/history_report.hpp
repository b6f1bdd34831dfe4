// The report of update-control --history.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// Two or three lines for each job of the history document, oldest first.
std::string history_report(const nlohmann::json &history);

} // namespace updater::control
