// Shows what the job's runner does in the log of the job and in the status. Decides nothing about the job.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_observer.hpp"
#include "updater/progress/run_log.hpp"
#include "updater/progress/status.hpp"

#include <functional>
#include <memory>
#include <ostream>

namespace updater::progress {

/// Has somebody find out whether mail flows, and tell the status.
struct MailLooks {
    std::function<void()> soon = [] {}; ///< returns at once
    std::function<void()> now = [] {};  ///< has told when it returns
};

class LogObserver : public job::JobObserver {
  public:
    /// How long the phases of a job will take. Must not throw.
    using Predict = std::function<job::Prediction(const job::JobFacts &)>;

    /// `machine`: the first line that this system writes to a log: where it was written. `at_end`: called for
    /// every job that ended, after log and status show it. `predict`: nullptr if nothing is predicted.
    /// References outlive this object.
    LogObserver(partitions::Storage &storage, const LogPlaces &places, text::Clock clock, std::string machine,
                std::function<void(const job::JobFacts &, const job::JobEnd &)> at_end,
                Predict predict = nullptr, MailLooks mail = {});

    void job_begins(const job::JobFacts &facts, bool continued) override;
    void going_on(std::string_view reason, std::string_view code) override;
    void firmware_known(std::string_view version) override;
    void facts_known(const job::JobFacts &facts) override;
    void phase_begins(job::Phase phase) override;
    job::Prediction prediction() const override { return predicted_; }
    void phase_done(job::Phase phase, std::chrono::milliseconds took) override;
    void phase_failed(job::Phase phase, std::string_view reason, std::string_view code) override;
    void mail_flows_again() override;
    void progress(int percent, std::string_view step) override;
    void event(const job::CodedSeverity &severity, std::string_view text) override;
    void rolling_back(std::string_view reason, std::string_view code) override;
    void restarting() override;
    void job_ended(const job::JobFacts &facts, const job::JobEnd &end) override;

    /// A job ended before this agent started.
    void ended_before(const job::JobFacts &facts, job::JobEnd end);

    /// The job stopped, but its journal could not be written and still shows it as open.
    void given_up(std::string_view reason);

  private:
    RunLog &log();
    void remove_old_logs();

    partitions::Storage &storage_;
    LogPlaces places_;
    JobStatus &status_;
    text::Clock clock_;
    std::string machine_;
    std::function<void(const job::JobFacts &, const job::JobEnd &)> at_end_;
    Predict predict_;
    job::Prediction predicted_;
    MailLooks mail_;
    job::JobFacts facts_;
    std::unique_ptr<RunLog> log_;
};

} // namespace updater::progress
