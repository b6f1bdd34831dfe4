// What people are told about the schedule: lines on the agent's console, and notices. Decides nothing.
#pragma once

#include "updater/notices/announcements.hpp"

#include <chrono>
#include <functional>
#include <ostream>
#include <string>

namespace updater::schedule {

/// An installation whose time has come: the order, or one of the maintenance window.
struct DueInstallation {
    std::chrono::sys_seconds moment;
    std::string what;                       ///< "the ordered installation"
    std::function<std::string()> what_next; ///< for the notice that it was missed; called only then
};

class ScheduleMessages {
  public:
    /// Why an installation is missed when its time came and went before the agent could look.
    static constexpr const char *too_late = "nothing could begin in time: the appliance was off, the agent "
                                            "did not run, or checking the feed took "
                                            "too long";

    /// What to do about an order that was missed.
    static constexpr const char *how_to_order_again =
        "To schedule it again: update-control --at \"Sun 03:00\" -i fw";

    /// Both outlive this object.
    ScheduleMessages(notices::Announcements &announcements, std::ostream &console);

    /// A line on the console, without secrets.
    void say(const std::string &text);

    void announce_missed(const DueInstallation &due, const std::string &why);
    void announce_order(std::chrono::sys_seconds due);
    void announce_next_hop(const std::string &version, std::chrono::sys_seconds window_opens);

  private:
    notices::Announcements &announcements_;
    std::ostream &console_;
};

} // namespace updater::schedule
