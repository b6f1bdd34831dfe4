// What follows the commit, which cannot be undone: a phase that failed is tried again until it is done, or
// until somebody ends the job.
#pragma once

#include "updater/job/job_recorder.hpp"
#include "updater/job/run_end.hpp"
#include "updater/job/runner_machine.hpp"
#include "updater/job/stop_request.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace updater::job {

class FinishingRetry {
  public:
    /// All outlive this object.
    FinishingRetry(const RunnerMachine &machine, JobRecorder &recorder, JobObserver &observer);

    /// Nothing: the phase is done, and the job goes on with the next one.
    std::optional<RunEnd> retry_until_done(const PhaseRow &row, JobFacts &facts, const Record &failure,
                                           const StopRequest &stop);

    /// From any thread.
    bool is_under_way() const { return under_way_; }

  private:
    RunEnd end_unfinished(const JobFacts &facts, const std::string &reason);

    const RunnerMachine &machine_;
    JobRecorder &recorder_;
    JobObserver &observer_;
    std::atomic<bool> under_way_ = false;
};

} // namespace updater::job
