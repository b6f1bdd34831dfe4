// The schedule in the reports.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// The time at `name` of the object in the appliance's time zone and, from the member NAME_utc, in UTC.
std::string moment_text(const nlohmann::json &object, const std::string &name);

/// Lines of the status and of the firmware report; none when nothing is scheduled.
std::string schedule_report(const nlohmann::json &document);

} // namespace updater::control
