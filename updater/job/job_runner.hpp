// Drives a job through the phase table and resumes it after a restart. Knows nothing of what a phase does.
// recovery.hpp takes every decision after a restart.
#pragma once

#include "updater/job/finishing_retry.hpp"
#include "updater/job/job_recorder.hpp"
#include "updater/job/job_rollback.hpp"
#include "updater/job/recovery.hpp"
#include "updater/job/run_end.hpp"
#include "updater/job/runner_machine.hpp"
#include "updater/job/stop_request.hpp"
#include "updater/job/trial.hpp"

#include <optional>

namespace updater::job {

/// Runs one job at a time, in the calling thread. The journal says that a phase begins before the phase does
/// anything, and that it is done only after everything it did is durable.
class JobRunner {
  public:
    using End = RunEnd;
    using Machine = RunnerMachine;

    /// Journal and observer outlive this object.
    JobRunner(Journal &journal, PhaseTable table, JobObserver &observer, Machine machine);
    JobRunner(const JobRunner &) = delete;
    JobRunner &operator=(const JobRunner &) = delete;

    /// Starts a job and runs the phases of its operation until one fails. A failure is rolled back and
    /// reported to the observer, not thrown. When the agent ends, a phase that can be run again is left as it
    /// is; any other is rolled back.
    End start(JobFacts facts, const StopRequest &stop);

    /// What an agent does first: finishes, resumes or rolls back what the journal shows as open.
    End recover(const StopRequest &stop);

    /// The system is committed, and something that follows could not be done yet. A stop then ends the job.
    /// From any thread.
    bool is_finishing() const { return finishing_.is_under_way(); }

  private:
    End resume(JobFacts &facts, const Recovery &recovery, const StopRequest &stop);
    End run_from(Phase first, JobFacts &facts, const StopRequest &stop);
    /// Nothing: the phase is done, and the next one follows.
    std::optional<End> run_or_fail(const PhaseRow &row, JobFacts &facts, Trial &trial);
    PhaseEnd run_phase(const PhaseRow &row, JobFacts &facts, const Trial &trial);
    std::optional<End> after_failure(const PhaseRow &row, JobFacts &facts, const Record &ending,
                                     const StopRequest &stop);
    End end(const JobFacts &facts, const Record &ending);

    Journal &journal_;
    PhaseTable table_;
    JobObserver &observer_;
    Machine machine_;
    JobRecorder recorder_;
    JobRollback rollback_;
    FinishingRetry finishing_;
};

} // namespace updater::job
