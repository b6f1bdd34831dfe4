// The requests of the bus interface, as the agent implements them. No D-Bus here.
#pragma once

#include "updater/bus/node_requests.hpp"
#include "updater/bus/snapshot_requests.hpp"
#include "updater/job/job_requests.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace updater::bus {

/// The requests of the interface org.updatecontrol.Agent1. All are called in the bus's thread and must return
/// soon: long work has threads of its own. Besides Busy, NotPossible and Refused (updater/refusal.hpp), any
/// other std::exception reaches the caller as org.updatecontrol.Error.Failed.
class AgentRequests : public job::JobRequests {
  public:
    /// Limits phase 2, also a running one; 0: no limit. Holds until the agent restarts.
    virtual void set_install_rate(std::uint64_t mib_per_second) = 0;

    /// Begins a check of the feed and returns; the firmware document shows when it has ended. Does nothing if
    /// a check runs. `about_to_install`: the caller installs next, so the check starts no download. Throws
    /// NotPossible if there is no feed.
    virtual void check(bool about_to_install) = 0;

    /// Begins to check whether firmware can be installed, and returns the number of this check; checks()
    /// shows what was found, with the number. Changes nothing, and is possible at any time. `source` as of
    /// install(). Throws Busy while one is checked.
    virtual std::uint64_t check_firmware(const std::string &source) = 0;
    /// The same, and finds out what an installation of this would do: `forecast` in checks(). `options` as
    /// of install().
    virtual std::uint64_t dry_run(const std::string &source, const job::InstallOptions &options) = 0;

    /// Begins to compare OS partitions with what was signed, and returns; verification() shows what was
    /// found. `slots`: "a", "b", or "" for both. Changes nothing by itself. Throws Busy, Refused.
    virtual void verify(const std::string &slots) = 0;

    /// Begins to copy the running system to the rescue partition, and returns; the state's member `rescue`
    /// shows how far it is. `force`: also in place of the previous system. Throws Busy, NotPossible.
    virtual void back_up(bool force) = 0;

    /// Says which copy of the running system the rescue partition holds; if `really`, begins to compare it
    /// with what was signed, and the appliance restarts into it if it is as signed: the state's member
    /// `rescue` shows how far it is. Throws Busy, NotPossible.
    virtual nlohmann::json restore_copy(bool really) = 0;

    /// Those about snapshots of the settings.
    virtual SnapshotRequests &snapshots() = 0;

    /// Those about this node of a cluster.
    virtual NodeRequests &node() = 0;

    /// Installs at the next moment that `calendar` (systemd.time(7)) names; an earlier order is replaced.
    /// `source` and `force` as of install(). Returns what is scheduled now: see Schedule::order(). Throws
    /// Refused.
    virtual nlohmann::json schedule(const std::string &source, bool force, const std::string &calendar) = 0;
    /// Throws NotPossible when nothing is scheduled.
    virtual void cancel_scheduled() = 0;
    /// Uses no maintenance window before the next moment that `calendar` names; "now" ends that. Returns that
    /// time, or null. Throws Refused.
    virtual nlohmann::json postpone(const std::string &calendar) = 0;
    /// Something may be due, or the settings have changed. Returns before the agent has decided what to do.
    virtual void something_may_be_due() = 0;

    /// Removes the previous system if `really`, else only says what that would free: see
    /// agent::PreviousSystemRemoval. Throws Busy, NotPossible, Refused.
    virtual nlohmann::json drop_previous(bool really, bool force) = 0;

    /// The documents that `update-control --json` prints with -s and -l, format 1: interface.md.
    virtual nlohmann::json state() const = 0;
    virtual nlohmann::json firmware() const = 0;
    /// The jobs that have ended, oldest first: see progress::History.
    virtual nlohmann::json history() const = 0;
    /// What the last check_firmware() or dry_run() found.
    virtual nlohmann::json checks() const = 0;
    /// What the last verify() found.
    virtual nlohmann::json verification() const = 0;
    /// Events with a sequence greater than `after`, oldest first.
    virtual nlohmann::json events(std::uint64_t after) const = 0;
};

} // namespace updater::bus
