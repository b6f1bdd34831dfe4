// What the reports say of the schedule.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// The moment at `name` of the object in the appliance's time zone and, from the member with "_utc" behind
/// its name, in UTC.
std::string moment_text(const nlohmann::json &object, const std::string &name);

/// Lines of the status and of the firmware report; none when nothing is scheduled.
std::string schedule_report(const nlohmann::json &document);

} // namespace updater::control
