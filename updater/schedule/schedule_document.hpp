// The schedule as JSON, for the bus. Only writes.
#pragma once

#include "updater/configuration/settings.hpp"
#include "updater/schedule/schedule_state.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::schedule {

/// Null for none.
nlohmann::json time_document(const std::optional<std::chrono::sys_seconds> &time);

/// "due", "due_utc", "calendar", "source" without its secrets, "force".
nlohmann::json order_document(const ScheduledOrder &order);

/// "scheduled" (order_document()) or null; "next_window" ("opens", "opens_utc", "minutes", "installs") or
/// null; "postponed_until" (time or null); "settings_problem" (empty: none).
nlohmann::json schedule_document(const ScheduleState &state, const configuration::WindowSettings &settings,
                                 const std::string &problem, std::chrono::sys_seconds now);

} // namespace updater::schedule
