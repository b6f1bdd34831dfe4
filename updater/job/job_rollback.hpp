// The way back of a job that failed, was cancelled or was interrupted: to undo its phases in the old system,
// or to restart from the new system into the old one. Whether a job goes back is decided elsewhere.
#pragma once

#include "updater/job/job_recorder.hpp"
#include "updater/job/run_end.hpp"
#include "updater/job/runner_machine.hpp"

#include <string>

namespace updater::job {

class JobRollback {
  public:
    /// All outlive this object.
    JobRollback(const PhaseTable &table, const RunnerMachine &machine, JobRecorder &recorder,
                JobObserver &observer);

    /// A phase has failed. The ending says how the job ends once it is rolled back: outcome, reason and next
    /// step.
    RunEnd after_failure(JobFacts &facts, Phase phase, const Record &ending);

    /// In the old system: undoes the phase and all before it, then ends the job. What could not be undone is
    /// the first thing that people are told to do something about.
    RunEnd undo_from(JobFacts &facts, Phase phase, const Record &ending);

    /// In the new system, of which nothing is undone: the old one ends the job.
    RunEnd return_to_old(const JobFacts &facts, const Record &ending);

  private:
    /// What could not be undone; empty: all was.
    std::string undo_phases(JobFacts &facts, Phase last);

    const PhaseTable &table_;
    const RunnerMachine &machine_;
    JobRecorder &recorder_;
    JobObserver &observer_;
};

} // namespace updater::job
