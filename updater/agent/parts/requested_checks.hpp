// What a check of firmware on request looks at: the appliance, and the firmware wherever it is.
#pragma once

#include "updater/agent/firmware_check.hpp"
#include "updater/agent/new_jobs.hpp"
#include "updater/agent/parts/checks.hpp"
#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/offer.hpp"

#include <functional>

namespace updater::agent::parts {

/// What is asked of the jobs.
struct Jobs {
    const NewJobs &new_jobs;
    std::function<bool()> busy; ///< a job runs, so that none can begin
};

/// All references outlive what is returned.
FirmwareCheck::Checks requested_checks(Checks &checks, const Firmware &firmware, const Offer &offer,
                                       const Jobs &jobs, partitions::Storage &storage);

} // namespace updater::agent::parts
