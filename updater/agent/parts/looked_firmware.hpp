// Reading the head of the firmware that an installation would take, without beginning one.
#pragma once

#include "updater/agent/firmware_check.hpp"
#include "updater/agent/new_jobs.hpp"
#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/offer.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/refusal.hpp"

#include <stop_token>
#include <string>

namespace updater::agent::parts {

struct Looked {
    job::JobFacts facts;
    phases::OpenFirmware firmware;
};

/// Runs `read`; a firmware file that is damaged is refused like one that is not trusted.
template <typename Read> auto refuse_damage(Read read) {
    try {
        return read();
    } catch (const firmware::FirmwareDamaged &damage) {
        throw Refused(damage.what(), damage.next_step(), messages::Code::firmware_damaged);
    }
}

/// Reads what an installation from this source would read first. Throws Refused, DownloadFailed, Cancelled.
Looked look_at(const Wanted &wanted, const Firmware &firmware, const Offer &offer, const NewJobs &new_jobs,
               partitions::Storage &storage, const std::stop_token &stop);

/// For a phase that only looks: nobody is told, and nothing is saved. Lives as long as `facts`.
job::PhaseRun quiet_run(job::JobFacts &facts, const std::stop_token &stop);

} // namespace updater::agent::parts
