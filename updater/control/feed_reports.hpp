// The feed as text for people. Pure functions of the firmware document.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// When the feed was checked, and each hop with its notes.
std::string feed_report(const nlohmann::json &firmware);

/// The hops after the next one, for somebody who is about to install that; empty if there are none.
std::string hops_report(const nlohmann::json &firmware);

} // namespace updater::control
