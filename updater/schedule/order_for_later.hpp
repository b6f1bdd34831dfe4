// The installation that was ordered for a later time (--at): at most one. How it starts is
// InstallationStart's.
#pragma once

#include "updater/schedule/current_schedule.hpp"
#include "updater/schedule/installation_start.hpp"
#include "updater/schedule/timing.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace updater::schedule {

/// One thread at a time may call it.
class OrderForLater {
  public:
    /// An order may begin this late, for example because the appliance was restarting.
    static constexpr std::chrono::hours max_delay{1};

    struct Placed {
        ScheduledOrder order;
        std::optional<std::chrono::sys_seconds> replaced; ///< when the earlier order was due
    };

    /// All references outlive this object.
    OrderForLater(CurrentSchedule &current, InstallationStart &start, Timing timing,
                  ScheduleMessages &messages);

    /// Replaces an earlier order and announces the new one. Durable on return. Throws Refused, ServiceError,
    /// StorageError.
    Placed place(const std::string &source, bool force, const std::string &calendar);
    /// Durable on return. Throws NotPossible when there is no order, StorageError.
    void cancel();

    bool is_due() const;
    /// Starts it if it is due, or announces that it was missed; either way it is no longer scheduled. Throws
    /// StorageError.
    void start_if_due();
    /// Has the calendar wake the agent for it. Returns what is wrong, or nothing.
    std::string arm();

  private:
    void arm_and_say_problem();

    CurrentSchedule &current_;
    InstallationStart &start_;
    Timing timing_;
    ScheduleMessages &messages_;
};

} // namespace updater::schedule
