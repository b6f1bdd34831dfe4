// The thread in which jobs run, one at a time. Decides nothing about what a job does.
#pragma once

#include "updater/job/job_runner.hpp"
#include "updater/job/stop_request.hpp"
#include "updater/progress/log_observer.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace updater::agent {

/// Requests must come one after the other; busy(), has_given_up() and is_finishing() are thread-safe.
class JobThread {
  public:
    /// All references outlive this object.
    /// `before_job`, `after_job`: called in the job's thread, while busy. The second not when the job goes on
    /// after a restart of the machine or of the agent.
    JobThread(
        job::JobRunner &runner, progress::LogObserver &observer, std::function<void()> before_job = [] {},
        std::function<void()> after_job = [] {});
    /// Cancels a job that runs, and waits for it.
    ~JobThread() { cancel(); }
    JobThread(const JobThread &) = delete;
    JobThread &operator=(const JobThread &) = delete;

    /// Only while not busy.
    void start(const job::JobFacts &facts);
    /// Continues, finishes or rolls back what the journal shows as open. Only while not busy.
    void recover();

    /// Shows how a job ended before this agent started.
    void show_earlier(const job::JobFacts &facts, const job::JobEnd &end);

    /// Asks a running job to stop; returns before it has stopped.
    void cancel();
    /// The agent ends, not the job. Returns when the job has stopped: left as it is for the next agent if its
    /// phase can be run again, or else rolled back. A job that was cancelled before is rolled back.
    void end();

    /// Until the job has ended; also while the machine restarts.
    bool busy() const { return busy_; }
    /// The last job could not go on, not even its end could be noted: the journal may show it as open.
    bool has_given_up() const { return gave_up_; }
    /// The new system is committed, and something that follows could not be done yet.
    bool is_finishing() const { return runner_.is_finishing(); }

  private:
    using Work = std::function<job::JobRunner::End(const job::StopRequest &)>;
    void run(Work work);

    job::JobRunner &runner_;
    progress::LogObserver &observer_;
    std::function<void()> before_job_;
    std::function<void()> after_job_;
    std::atomic<bool> busy_ = false;
    std::atomic<bool> gave_up_ = false;
    std::unique_ptr<job::StopRequest> stop_; ///< of the last job
    std::jthread thread_;                    ///< last: it uses what stands above
};

} // namespace updater::agent
