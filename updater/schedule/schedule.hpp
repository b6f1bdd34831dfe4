// When firmware is installed without somebody waiting for it: the order for a later time (--at), and the
// maintenance window of the settings. The one place that decides whether something begins now. When a moment
// comes, the calendar says; what an installation is, the job.
#pragma once

#include "updater/available/firmware_choice.hpp"
#include "updater/configuration/settings_file.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/schedule/schedule_state.hpp"
#include "updater/services/calendar.hpp"

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace updater::schedule {

/// Thread-safe. Nothing is caught up: what did not begin in its time is reported and gone. What begins is
/// gone from the schedule, durably, before it begins, so that no crash begins it twice.
class Schedule {
  public:
    /// So long after its moment an order may still begin, such as when the appliance was just restarting.
    static constexpr std::chrono::hours patience_with_orders{1};

    /// All references outlive this object.
    Schedule(ScheduleFile file, services::Calendar &calendar, const configuration::SettingsFile &settings,
             const available::FirmwareChoice &choice, job::JobRequests &jobs,
             notices::Announcements &announcements, std::ostream &console, text::Clock clock);

    /// At the agent's start, when a job that was left open has been picked up; open() comes next. Says so if
    /// something was lost when the agent ended. Throws StorageError.
    void begin();

    /// Whether something is due now that wants to know the newest list of firmware.
    bool wants_feed() const;

    /// Begins what is due now, reports what was missed, and has the calendar wake the agent for what comes
    /// next, by the settings as they are now. Throws StorageError, and then nothing has begun that would
    /// not be known.
    void open();

    /// Tells, once for each version, when the next hop will be installed by itself.
    void announce_next_hop();

    /// Installs at the next moment that `calendar` names; replaces an earlier order. Returns the member
    /// "scheduled" of document() with "replaced", the earlier order's time or null, added. Durable on return.
    /// Throws Refused, ServiceError, StorageError.
    nlohmann::json order(const std::string &source, bool force, const std::string &calendar);
    /// Durable on return. Throws NotPossible when there is no order.
    void cancel_order();

    /// Lets no window be used before the next moment that `calendar` names; "now" ends that. Orders are kept.
    /// Returns the member "postponed_until" of document(). Durable on return. Throws as order().
    nlohmann::json postpone(const std::string &calendar);

    /// What the state and the firmware document say of it: "scheduled" ("due", "due_utc", "calendar",
    /// "source" without its secrets, "force") or null; "next_window" ("opens", "opens_utc", "minutes",
    /// "installs") or null; "postponed_until" (time or null); "settings_problem" (empty: none). Waits for
    /// none of the above.
    nlohmann::json document() const;

  private:
    bool is_due() const;
    /// One of the two moments that has come.
    struct Due {
        std::chrono::sys_seconds moment;
        std::string what;     ///< "the ordered installation"
        std::string calendar; ///< when the next one comes; empty: none does
    };
    void open_for_order();
    void open_window(const configuration::WindowSettings &settings);
    std::string install_next_hop(const configuration::WindowSettings &settings);
    /// `begin` begins it, or not, and returns what to say of it.
    void use(const Due &due, const std::function<std::string()> &begin);
    void missed(const Due &due, const std::string &why);
    std::string next_opening(const std::string &expression);
    /// Both return what is wrong, or nothing.
    std::string wake_for_order();
    std::string wake_for_window(const configuration::WindowSettings &settings);
    void note_problem(const std::string &problem);
    void save(const ScheduleState &state);
    void show();
    std::chrono::sys_seconds now() const;

    ScheduleFile file_;
    services::Calendar &calendar_;
    const configuration::SettingsFile &settings_;
    const available::FirmwareChoice &choice_;
    job::JobRequests &jobs_;
    notices::Announcements &announcements_;
    std::ostream &console_;
    text::Clock clock_;

    mutable std::mutex mutex_; ///< for all below; held while a job begins and while the calendar is asked
    ScheduleState state_;      ///< as in the file
    std::string problem_;      ///< with the settings or the calendar, as it was last told
    std::string announced_;    ///< the version whose installation was announced last

    struct Shown {
        ScheduleState state;
        std::string problem;
    };
    mutable std::mutex shown_mutex_; ///< held for a moment only: everybody may have the document made
    Shown shown_;                    ///< state_ and problem_
};

} // namespace updater::schedule
