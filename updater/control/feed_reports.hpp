// What there is to install, as text for people. Pure functions of the firmware document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// What is known of the vendor's feed: when it was looked at, and each hop with its notes.
std::string feed_report(const nlohmann::json &firmware);

/// What follows the next version, for somebody who is about to install that one; empty when nothing does.
std::string hops_report(const nlohmann::json &firmware);

} // namespace updater::control
