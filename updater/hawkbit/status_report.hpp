// The status document for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::hawkbit {

/// Some lines. What is missing in the document is left out.
std::string status_report(const nlohmann::json &status);

} // namespace updater::hawkbit
