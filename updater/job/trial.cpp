#include "updater/job/trial.hpp"

#include <stdexcept>
#include <string>

namespace updater::job {

Trial::Trial(const RunnerMachine &machine, JobObserver &observer, const StopRequest &job)
    : machine_(machine), observer_(observer), job_(job) {}

void Trial::before(Phase phase, const JobFacts &facts) {
    // First: reading the state reads the boot partition, which most phases have nothing to do with.
    if (deadline_ || !runs_under_new_system(phase))
        return;
    if (is_committed(machine_.state(), facts))
        return;
    if (!facts.unread.empty())
        throw std::runtime_error("the job was recorded by a newer updater, and this one cannot read what it "
                                 "says of: " +
                                 facts.unread.begin()->first);
    const auto limit = machine_.begin_trial(facts);
    deadline_.emplace(limit, job_);
    observer_.event(Severity::info,
                    "version " + facts.to_version + " is on trial and has " +
                        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) +
                        " s to prove itself");
}

} // namespace updater::job
