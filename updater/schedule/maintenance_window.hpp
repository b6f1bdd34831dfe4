// The maintenance window of the settings: when it opens, and what the appliance installs then by itself. How
// an installation starts is InstallationStart's.
#pragma once

#include "updater/available/firmware_choice.hpp"
#include "updater/configuration/settings.hpp"
#include "updater/schedule/current_schedule.hpp"
#include "updater/schedule/installation_start.hpp"
#include "updater/schedule/timing.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace updater::schedule {

/// One thread at a time may call it. The settings are an argument, because they may change at any time.
class MaintenanceWindow {
  public:
    /// All references outlive this object.
    MaintenanceWindow(CurrentSchedule &current, InstallationStart &start, Timing timing,
                      const available::FirmwareChoice &choice, ScheduleMessages &messages);

    bool is_open() const;
    /// If it is open: installs the next hop, or announces that the window was missed, or says that it is
    /// postponed. Uses each opening once. Throws StorageError.
    void use_if_open(const configuration::WindowSettings &settings);
    /// Has the calendar wake the agent for the next opening. Returns what is wrong, or nothing. Throws
    /// StorageError.
    std::string arm(const configuration::WindowSettings &settings);

    /// Uses no window before the next moment that `calendar` names, which is returned; "now" ends that.
    /// Durable on return. Throws Refused, ServiceError, StorageError.
    std::optional<std::chrono::sys_seconds> postpone(const std::string &calendar);

    /// Announces what the next window will install, once for each version.
    void announce_next_hop(const configuration::WindowSettings &settings);

  private:
    std::optional<available::NextFirmware> next_hop(const configuration::WindowSettings &settings) const;
    std::string next_opening(const std::string &expression) const;

    CurrentSchedule &current_;
    InstallationStart &start_;
    Timing timing_;
    const available::FirmwareChoice &choice_;
    ScheduleMessages &messages_;
    std::string announced_; ///< the version that was announced last
};

} // namespace updater::schedule
