// Answers the requests that begin or end a job, and at its start resumes a job that a restart interrupted.
// Decides whether a job may begin; runs none itself.
#pragma once

#include "updater/agent/first_checks.hpp"
#include "updater/agent/job_thread.hpp"
#include "updater/agent/new_jobs.hpp"
#include "updater/agent/previous_system.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/progress/status.hpp"

#include <functional>
#include <mutex>
#include <string>

namespace updater::agent {

class Agent : public job::JobRequests {
  public:
    /// All references outlive this object.
    Agent(JobThread &thread, job::Journal &journal, progress::JobStatus &status, const NewJobs &new_jobs,
          FirstChecks &first_checks, const PreviousSystem &previous, const available::FirmwareChoice &choice);

    /// Shows how the last job ended, or resumes one that a restart interrupted, in the job's thread. If the
    /// journal cannot be read, the state says so and no job can begin until the agent is started again.
    void pick_up();

    /// Asks a running job to stop because the agent ends, and returns when it has: see JobThread::end().
    void stop();

    bool busy() const override { return thread_.busy(); }
    /// A job whose journal could not be written. From any thread.
    bool has_given_up() const { return thread_.has_given_up(); }
    /// Although none runs: the journal cannot be read, or could not be written. After pick_up(); from any
    /// thread.
    bool may_have_open_job() const { return !journal_problem_.empty() || thread_.has_given_up(); }
    std::string install(const std::string &source, const job::InstallOptions &options) override;
    std::string download(const std::string &source) override;
    void cancel() override;
    void rollback(bool force) override;
    /// Does `work`, during which no job can begin. Throws Busy or NotPossible if one runs, or if the journal
    /// cannot be read, and what `work` throws.
    void while_no_job_runs(const std::function<void()> &work);
    /// The same for `work` that restarts the machine: no job can begin afterwards either.
    void restart_without_job(const std::function<void()> &work);

  private:
    void resume_what_is_open();
    /// Also while the journal cannot be read.
    void refuse_while_running() const;
    /// 0 before the first.
    int number_of_running_phase() const;
    /// Throws where a request to stop would do nothing, or would stop a rollback.
    void refuse_to_roll_back_now() const;

    JobThread &thread_;
    job::Journal &journal_;
    progress::JobStatus &status_;
    const NewJobs &new_jobs_;
    FirstChecks &first_checks_;
    const PreviousSystem &previous_;
    const available::FirmwareChoice &choice_;
    std::mutex requests_;         ///< one request at a time
    bool restarts_ = false;       ///< asked for by restart_without_job()
    std::string journal_problem_; ///< why the journal cannot be read; empty: it can. Only pick_up() sets it
};

} // namespace updater::agent
