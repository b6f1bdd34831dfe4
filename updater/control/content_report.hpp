// What the status says of the product's content, such as definitions. Text only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// Nothing unless updates are held back, or the last upgrade found something.
std::string content_report(const nlohmann::json &state);

} // namespace updater::control
