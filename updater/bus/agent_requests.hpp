// What can be asked of the agent over the bus, as an interface: the bus calls it, the agent answers. No D-Bus
// in here.
#pragma once

#include "updater/job/job_requests.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace updater::bus {

/// The requests of the bus interface org.updatecontrol.Agent1. All are called from the bus's thread and must
/// return soon: long work happens in the job's own thread. Besides Busy, NotPossible and Refused
/// (updater/refusal.hpp), any other std::exception reaches the caller as org.updatecontrol.Error.Failed.
class AgentRequests : public job::JobRequests {
  public:
    /// Lets phase 2 work at so many MiB per second from now on, 0: as fast as it can; also a running one.
    /// Holds until the agent is started anew.
    virtual void set_install_rate(std::uint64_t mib_per_second) = 0;

    /// Begins to look for new firmware; returns before that is done, and the firmware document tells the end.
    /// Nothing happens when it looks already. `about_to_install`: whoever asks installs next, so nothing else
    /// is begun by itself because of what was found. Throws NotPossible when there is no feed.
    virtual void check(bool about_to_install) = 0;

    /// Installs at the next moment that `calendar` (systemd.time(7)) names; an earlier order is replaced.
    /// `source` and `force` as of install(). Returns what is scheduled now: see Schedule::order(). Throws
    /// Refused.
    virtual nlohmann::json schedule(const std::string &source, bool force, const std::string &calendar) = 0;
    /// Throws NotPossible when nothing is scheduled.
    virtual void cancel_scheduled() = 0;
    /// Installs nothing by itself before the next moment that `calendar` names, "now" ends that. Returns
    /// that time, or null. Throws Refused.
    virtual nlohmann::json postpone(const std::string &calendar) = 0;
    /// Something may be due, or the settings have changed; what is to be done is decided here, after the
    /// return.
    virtual void something_may_be_due() = 0;

    /// The documents of `update-control --json -s`, `-l` and of the event list (format 1, see
    /// updater/progress/status.hpp for state and events).
    virtual nlohmann::json state() const = 0;
    virtual nlohmann::json firmware() const = 0;
    /// Events with a sequence greater than `after`, oldest first.
    virtual nlohmann::json events(std::uint64_t after) const = 0;
};

} // namespace updater::bus
