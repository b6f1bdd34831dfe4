// What the job runner asks of the machine: its state, a restart, the limit of a trial.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/job/job_runner.hpp"

namespace updater::agent::parts {

/// `machine` outlives what is returned.
job::JobRunner::Machine machine_of_runner(Machine &machine);

} // namespace updater::agent::parts
