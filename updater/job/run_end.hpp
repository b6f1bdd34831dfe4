// What the agent has before it when the job runner returns.
#pragma once

#include "updater/job/job_observer.hpp"

namespace updater::job {

enum class RunEnd {
    ended,
    restarting,
    left, ///< the agent ends: the next one resumes the job
};

inline RunEnd leave_to_next_agent(JobObserver &observer) {
    observer.event(Severity::info, "the update agent ends; the job goes on as soon as it is back");
    return RunEnd::left;
}

} // namespace updater::job
