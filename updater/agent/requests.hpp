// What can be asked of the agent, as an interface: the bus calls it, the job answers it. No D-Bus in here.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace updater {

/// Another job runs; the message names it and says how to watch it. On the bus: org.updatecontrol.Error.Busy.
class Busy : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The request makes no sense in the state the appliance is in (cancel after phase 2, rollback without a
/// previous system, rollback after the commit without force); the message says which state and what would be
/// possible. On the bus: org.updatecontrol.Error.NotPossible.
class NotPossible : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The requests that begin or end a job. They return soon: the job has a thread of its own.
class JobRequests {
  public:
    virtual ~JobRequests() = default;

    /// Whether a job runs, so that another one cannot begin.
    virtual bool busy() const = 0;

    /// Begins an upgrade and returns the job's id. `source`: "" (newest downloaded firmware, else the
    /// configured URL), an absolute path or an https URL. `force`: install a version that failed here before.
    /// Throws Refused, Busy.
    virtual std::string install(const std::string &source, bool force) = 0;

    /// Begins a download and returns the job's id. `source`: "" (the configured URL) or an https URL. Throws
    /// Busy.
    virtual std::string download(const std::string &source) = 0;

    /// Asks the running job to stop; returns before it has stopped. Throws NotPossible when nothing runs or
    /// when the job is past phase 2.
    virtual void cancel() = 0;

    /// Begins the way back to the previous system. Throws NotPossible, and Refused when the
    /// previous system is older than what is acceptable, which `force` does not change.
    virtual void rollback(bool force) = 0;
};

/// The requests of the bus interface org.updatecontrol.Agent1. All are called from the bus's thread and must
/// return soon: long work happens in the job's own thread. Besides Busy, NotPossible and Refused
/// (updater/refusal.hpp), any other std::exception reaches the caller as org.updatecontrol.Error.Failed.
class AgentRequests : public JobRequests {
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
    virtual void window_opens() = 0;

    /// The documents of `update-control --json -s`, `-l` and of the event list (format 1, see
    /// updater/agent/status.hpp for state and events).
    virtual nlohmann::json state() const = 0;
    virtual nlohmann::json firmware() const = 0;
    /// Events with a sequence greater than `after`, oldest first.
    virtual nlohmann::json events(std::uint64_t after) const = 0;
};

} // namespace updater
