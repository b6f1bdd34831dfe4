// What is true of the machine now, beside what the journal says. Plain data.
#pragma once

#include "updater/job/job_facts.hpp"
#include "updater/job/running_system.hpp"

#include <optional>

namespace updater::job {

struct MachineState {
    RunningSystem running;
    /// What the boot loader starts when nothing is tried; nothing when the boot selection cannot be read.
    std::optional<partitions::Slot> default_slot;
    bool deadline_passed = false; ///< the service manager ended a trial because its time was over
};

/// Whether the job's new system runs and is the default. If the boot selection cannot be read, what counts is
/// how this system was started: a try that has been committed since then counts as not committed, and the
/// next restart shows that it is.
inline bool is_committed(const MachineState &machine, const JobFacts &facts) {
    return machine.running.slot == facts.new_slot &&
           (machine.default_slot ? *machine.default_slot == facts.new_slot : !machine.running.is_try);
}

} // namespace updater::job
