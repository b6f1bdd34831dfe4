// The trial of a new system: the time that it has until its commit. Decides nothing about what follows when
// the time is over.
#pragma once

#include "updater/job/deadline.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/job/runner_machine.hpp"

#include <optional>

namespace updater::job {

/// Lives as long as the job runs in this agent.
class Trial {
  public:
    /// All outlive this object. `job`: asked when the job is to stop.
    Trial(const RunnerMachine &machine, JobObserver &observer, const StopRequest &job);

    /// Before each phase: the first one in a new system that isn't committed begins the trial.
    /// @throws std::runtime_error when the job holds facts that this updater cannot read
    void before(Phase phase, const JobFacts &facts);

    /// What asks a phase to stop: the job or, on trial, also the deadline.
    const StopRequest &stop() const { return deadline_ ? deadline_->stop() : job_; }
    /// What asks the job alone.
    const StopRequest &job_stop() const { return job_; }
    /// Only on trial.
    std::chrono::milliseconds limit() const { return deadline_.value().limit(); }

  private:
    const RunnerMachine &machine_;
    JobObserver &observer_;
    const StopRequest &job_;
    std::optional<Deadline> deadline_;
};

} // namespace updater::job
