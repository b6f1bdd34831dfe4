// How a job ended, as people are told. Plain data.
#pragma once

#include "updater/job/outcome.hpp"
#include "updater/job/phase.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace updater::job {

struct PhaseDuration {
    Phase phase = Phase::download;
    std::chrono::milliseconds took{0};
};

struct JobEnd {
    Outcome outcome = Outcome::failed;
    std::string reason;       ///< why; empty when it succeeded
    std::string next_step;    ///< what the administrator can do now
    bool interrupted = false; ///< by a restart or the end of the agent: that says nothing of the version
    bool try_later = false;   ///< the same may succeed later; nothing speaks against the version
    /// The new version runs and stays, although something that follows the commit could not be done.
    bool unfinished = false;
    Phase last_phase = Phase::download; ///< the phase that was under way
    std::vector<PhaseDuration> phases;  ///< those that ended, also the ones from before the restart
    std::chrono::system_clock::time_point ended;
    std::size_t warnings = 0; ///< in the log, each told once however often it was repeated
    std::string code = {};    ///< of the reason; empty when it succeeded, and of jobs of older updaters
};

} // namespace updater::job
