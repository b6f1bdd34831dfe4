// Starts an installation that is due, so that no crash starts it twice and none is lost without a notice.
// What is due, and when, the order and the maintenance window say.
#pragma once

#include "updater/job/job_requests.hpp"
#include "updater/schedule/current_schedule.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::schedule {

class InstallationStart {
  public:
    /// As JobRequests::install() takes it.
    struct Firmware {
        std::string source;
        bool force = false;
    };
    /// Nothing: there is nothing to install.
    using Choose = std::function<std::optional<Firmware>()>;

    /// All references outlive this object.
    InstallationStart(CurrentSchedule &current, job::JobRequests &jobs, ScheduleMessages &messages);

    /// At the agent's start, after a job that was interrupted has been picked up: announces an installation
    /// that was to begin when the agent or the appliance went down, and did not. Throws StorageError.
    void report_lost_start();

    /// `state`: the schedule without the installation; it is saved before anything begins. A failure is
    /// announced, for nobody waits for an answer. Throws StorageError.
    void start(const DueInstallation &due, ScheduleState state, const Choose &choose);

  private:
    void clear_beginning();

    CurrentSchedule &current_;
    job::JobRequests &jobs_;
    ScheduleMessages &messages_;
};

} // namespace updater::schedule
