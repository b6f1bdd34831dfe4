// Drives a job through the phase table, forward and back, and picks it up after a restart. Knows nothing of
// what a phase does; every decision after a restart comes from recovery.hpp.
#pragma once

#include "updater/job/deadline.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/job/journal.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/job/recovery.hpp"
#include "updater/job/stop_request.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace updater::job {

/// Runs one job at a time, in the calling thread. Before a phase does anything the journal says that it
/// begins; only after all of it is durable does the journal say that it is done.
class JobRunner {
  public:
    enum class End {
        ended,
        restarting,
        left, ///< the agent ends: the next one resumes the job
    };

    struct Machine {
        std::function<MachineState()> state;
        std::function<void()> restart; ///< asks for a restart of the machine; returns when it is on its way
        /// How long the system on trial may take from now on until it is committed; sees to it that the
        /// machine restarts even if this program hangs.
        std::function<std::chrono::milliseconds(const JobFacts &)> begin_trial;
        /// Waits so long, or until a stop is asked for; whether the time has passed.
        std::function<bool(std::chrono::seconds, const std::stop_token &)> pause;
    };

    JobRunner(Journal &journal, PhaseTable table, JobObserver &observer, Machine machine);

    /// Starts a job and runs the phases of its operation, until one fails. A failure is rolled back and
    /// reported to the observer, not thrown. A phase that is interrupted because the agent ends is left as it
    /// is if it can be run again, else rolled back. @throws partitions::StorageError when not even the first
    /// record can be written.
    End start(JobFacts facts, const StopRequest &stop);

    /// What an agent does first: finishes, continues or takes back what the journal shows as open.
    End recover(const StopRequest &stop);

    /// The system is committed, and something that follows could not be done yet. A stop then ends the job.
    /// From any thread.
    bool is_finishing() const { return finishing_; }

  private:
    End forward(JobFacts &facts, Phase first, const StopRequest &stop);
    std::optional<End> step(const PhaseRow &row, JobFacts &facts, std::optional<Deadline> &deadline,
                            const StopRequest &stop);
    void begin_trial(Phase phase, const JobFacts &facts, std::optional<Deadline> &deadline,
                     const StopRequest &stop);
    End restart_machine();
    End leave_as_it_is();
    /// The ending says how the job ends once it is taken back: outcome, reason and next step.
    End fail(JobFacts &facts, Phase phase, const Record &ending);
    /// After the commit there is no way back: what is left to be done is tried until it is done.
    std::optional<End> finish(const PhaseRow &row, JobFacts &facts, std::string reason,
                              const StopRequest &stop);
    End end_unfinished(const JobFacts &facts, const std::string &reason);
    /// For a record without which the way back is found as well: without it the phase counts as interrupted.
    /// What fills the disk goes on the way back, so it must not depend on a write.
    bool append_if_possible(Record record);
    void take_back(JobFacts &facts, Phase phase);
    /// The new system has come up: the restart is done.
    void note_arrival();
    End return_to_old(const JobFacts &facts, const Recovery &recovery);
    End end_job(const JobFacts &facts, Record ending);
    PhaseEnd run_phase(const PhaseRow &row, JobFacts &facts, const std::stop_token &stop);
    void note_done(Phase phase, const JobFacts &facts, std::chrono::steady_clock::time_point begun);
    PhaseRun phase_run(JobFacts &facts, std::stop_token stop);

    Journal &journal_;
    PhaseTable table_;
    JobObserver &observer_;
    Machine machine_;
    std::atomic<bool> finishing_ = false;
};

} // namespace updater::job
