// The rescue partition: what compares the partitions with what was signed, and copies the running system.
#pragma once

#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/agent/parts/reports.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/rescue/rescue_work.hpp"

#include <functional>

namespace updater::agent::parts {

struct Rescue {
    /// All references outlive this object.
    /// `without_job`: Agent::restart_without_job().
    Rescue(Machine &machine, Firmware &firmware, install::ImageHeads &heads, Reports &reports,
           std::function<bool()> job_runs,
           std::function<void(const std::function<void()> &restart)> without_job);
    Rescue(const Rescue &) = delete;
    Rescue &operator=(const Rescue &) = delete;

    rescue::RescueCopy copy;
    rescue::SlotVerification verification;
    rescue::RescueRecord record;
    rescue::RescueWork work;

  private:
    /// For the greeting at login after the restart. A full disk must not prevent that.
    void note_start_on_request(Machine &machine);
};

} // namespace updater::agent::parts
