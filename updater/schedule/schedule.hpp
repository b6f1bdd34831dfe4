// The schedule as the rest of the agent uses it: one lock around the order for a later time (--at) and the
// maintenance window, and their JSON documents. What is due and how it starts, those parts decide.
#pragma once

#include "updater/configuration/settings_file.hpp"
#include "updater/schedule/current_schedule.hpp"
#include "updater/schedule/installation_start.hpp"
#include "updater/schedule/maintenance_window.hpp"
#include "updater/schedule/order_for_later.hpp"
#include "updater/schedule/timing.hpp"

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace updater::schedule {

/// Thread-safe. An installation that did not begin in time is announced and dropped, not started later. It
/// leaves the schedule, durably, before it begins, so that no crash begins it twice.
class Schedule {
  public:
    /// All references outlive this object.
    Schedule(ScheduleFile file, const Timing &timing, const configuration::SettingsFile &settings,
             const available::FirmwareChoice &choice, job::JobRequests &jobs, ScheduleMessages messages);

    /// At the agent's start, after a job that was interrupted has been picked up and before
    /// start_what_is_due(). Announces an installation that was lost when the agent ended. Throws
    /// StorageError.
    void load();

    bool something_is_due() const;

    /// Starts what is due now, announces what was missed, and has the calendar wake the agent for what comes
    /// next, by the settings as they are now. Throws StorageError; nothing has begun then that is not on
    /// record.
    void start_what_is_due();

    /// Announces, once for each version, what the next window will install.
    void announce_next_hop();

    /// Orders an installation for the next moment that `calendar` names; replaces an earlier order. Returns
    /// the member "scheduled" of document() with "replaced", the earlier order's time or null, added. Durable
    /// on return. Throws Refused, ServiceError, StorageError.
    nlohmann::json order(const std::string &source, bool force, const std::string &calendar);
    /// Durable on return. Throws NotPossible when there is no order, StorageError.
    void cancel_order();

    /// Uses no window before the next moment that `calendar` names; "now" ends that. Orders are kept. Returns
    /// the member "postponed_until" of document(). Durable on return. Throws as order().
    nlohmann::json postpone(const std::string &calendar);

    /// What the state and the firmware document say about the schedule: see schedule_document(). Waits for
    /// none of the functions above.
    nlohmann::json document() const;

  private:
    bool something_is_due_unlocked() const;

    const configuration::SettingsFile &settings_;
    Now now_;
    ScheduleMessages messages_;
    CurrentSchedule current_;
    mutable std::mutex mutex_; ///< for all below; held while a job begins and while the calendar is asked
    InstallationStart start_;
    OrderForLater order_;
    MaintenanceWindow window_;
};

} // namespace updater::schedule
