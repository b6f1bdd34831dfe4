// Writes down what a job does: in the journal for the next agent, and to the observer for people. Decides
// nothing about the job.
#pragma once

#include "updater/job/job_observer.hpp"
#include "updater/job/journal.hpp"
#include "updater/job/phase_table.hpp"

#include <chrono>
#include <stop_token>

namespace updater::job {

class JobRecorder {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// Both outlive this object.
    JobRecorder(Journal &journal, JobObserver &observer);

    /// Replaces the journal by one of this job. False: it cannot be written, and the job has ended at once.
    bool job_begins(const JobFacts &facts);
    /// Notes in the facts what is predicted now. @throws partitions::StorageError; the phase may do nothing
    /// then
    void phase_begins(Phase phase, JobFacts &facts);
    /// Only when everything that the phase did is durable. @throws partitions::StorageError
    void phase_done(Phase phase, const JobFacts &facts, Time begun);
    /// The new system has come up, so the restart is done.
    void restart_is_done();
    /// For a record that a rollback can do without: lacking it, recovery takes the phase for interrupted. A
    /// rollback must not depend on a write, since a full disk may be its reason. Whether it was written.
    bool append_if_possible(Record record);
    /// The ending says how: outcome, reason and next step.
    void job_ends(const JobFacts &facts, Record ending);

    /// What a phase is given; lives as long as this object and the facts.
    PhaseRun phase_run(JobFacts &facts, std::stop_token stop);

  private:
    Journal &journal_;
    JobObserver &observer_;
};

} // namespace updater::job
