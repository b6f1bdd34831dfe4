// What time it is, and the calendar that knows when an expression such as "Sun 03:00" comes next.
#pragma once

#include "updater/services/calendar.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace updater::schedule {

/// The time, to the second.
using Now = std::function<std::chrono::sys_seconds()>;

/// `calendar` outlives this object.
struct Timing {
    services::Calendar &calendar;
    Now now;
};

inline Now to_the_second(text::Clock clock) {
    return [clock = std::move(clock)] { return std::chrono::floor<std::chrono::seconds>(clock()); };
}

} // namespace updater::schedule
