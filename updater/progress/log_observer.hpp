// Turns what the job's runner tells into the run's log and the status. Decides nothing about the job.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/progress/run_log.hpp"
#include "updater/progress/status.hpp"

#include <functional>
#include <memory>
#include <ostream>

namespace updater {

class LogObserver : public JobObserver {
  public:
    /// @param at_end  told of every job that ended, after log and status have it
    LogObserver(partitions::Storage &storage, JobStatus &status, std::ostream &console, Clock clock,
                JournalSender journal, std::function<void(const JobFacts &, const JobEnd &)> at_end);

    void job_begins(const JobFacts &facts, bool continued) override;
    void going_on(std::string_view reason) override;
    void phase_begins(Phase phase) override;
    void phase_done(Phase phase, std::chrono::milliseconds took) override;
    void phase_failed(Phase phase, std::string_view reason) override;
    void mail_flows_again() override;
    void progress(int percent, std::string_view step) override;
    void event(Severity severity, std::string_view text) override;
    void rolling_back(std::string_view reason) override;
    void restarting() override;
    void job_ended(const JobFacts &facts, const JobEnd &end) override;

    /// The job stopped although its journal is open: it could not be written.
    void given_up(std::string_view reason);

  private:
    RunLog &log();

    partitions::Storage &storage_;
    JobStatus &status_;
    std::ostream &console_;
    Clock clock_;
    JournalSender journal_;
    std::function<void(const JobFacts &, const JobEnd &)> at_end_;
    JobFacts facts_;
    std::unique_ptr<RunLog> log_;
};

/// The status document's word for what the job is.
Operation operation_of(const JobFacts &facts);

/// The status document's form of a job that has ended.
FinishedJob finished_job(const JobFacts &facts, const JobEnd &end,
                         std::chrono::system_clock::time_point ended);

} // namespace updater
