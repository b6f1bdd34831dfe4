// What the job runner needs of the machine. The agent fills it in, and so do tests.
#pragma once

#include "updater/job/job_facts.hpp"
#include "updater/job/machine_state.hpp"
#include "updater/job/restart_cause.hpp"

#include <chrono>
#include <functional>
#include <stop_token>

namespace updater::job {

struct RunnerMachine {
    std::function<MachineState()> state;
    std::function<void()> restart; ///< asks for a restart of the machine; returns when it is on its way
    /// How much time the system on trial has from now until its commit. Also arranges that the machine
    /// restarts even if this program hangs.
    std::function<std::chrono::milliseconds(const JobFacts &)> begin_trial;
    /// Waits this long, or until a stop is asked for; whether the time has passed.
    std::function<bool(std::chrono::seconds, const std::stop_token &)> pause;
    RestartCauses *restart_causes = nullptr; ///< nothing: nobody looks why the machine restarted
};

} // namespace updater::job
