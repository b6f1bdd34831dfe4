// Whether the clock can be right: certificates, feeds and windows rely on it. Looks only.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/services/service_manager.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace updater::checks {

struct ClockFacts {
    using Time = std::chrono::system_clock::time_point;
    Time now;
    std::optional<Time> image_made;   ///< the running image
    std::optional<Time> feed_checked; ///< last, with success
    /// Whether the kernel takes the clock to be synchronized. Called only if a service synchronizes it;
    /// throws what keeps it from being known.
    std::function<bool()> is_synchronized;
};

/// "clock": a clock that is behind the making of the image or the last check of the feed is wrong, one that a
/// service should synchronize and did not may be.
void check_clock(const ClockFacts &facts, services::ServiceManager &services, Findings &findings);

/// systemd-timedated knows it. Throws partitions::base::BusError.
bool is_clock_synchronized();

} // namespace updater::checks
