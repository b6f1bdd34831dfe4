#include "updater/agent/job_thread.hpp"

#include <exception>
#include <string>
#include <utility>

namespace updater::agent {

JobThread::JobThread(job::JobRunner &runner, progress::LogObserver &observer,
                     std::function<void()> before_job, std::function<void()> after_job)
    : runner_(runner), observer_(observer), before_job_(std::move(before_job)),
      after_job_(std::move(after_job)) {}

void JobThread::start(const job::JobFacts &facts) {
    run([this, facts](const job::StopRequest &stop) { return runner_.start(facts, stop); });
}

void JobThread::recover() {
    run([this](const job::StopRequest &stop) { return runner_.recover(stop); });
}

void JobThread::show_earlier(const job::JobFacts &facts, const job::JobEnd &end) {
    observer_.ended_before(facts, end);
}

void JobThread::cancel() {
    if (stop_)
        stop_->ask(job::StopReason::cancelled);
}

void JobThread::end() {
    if (stop_)
        stop_->ask(job::StopReason::agent_ends);
    if (thread_.joinable())
        thread_.join();
}

void JobThread::run(Work work) {
    if (thread_.joinable())
        thread_.join(); // of the job before, which has ended
    busy_ = true;       // first: who asks sees one of the two
    gave_up_ = false;
    stop_ = std::make_unique<job::StopRequest>();
    thread_ = std::jthread([this, work = std::move(work), stop = stop_.get()] {
        auto end = job::JobRunner::End::ended;
        try {
            before_job_();
            end = work(*stop);
        } catch (const std::exception &failure) {
            // Not even the journal could be written. The next start of the agent recovers from what is on the
            // disk.
            observer_.given_up(failure.what());
            gave_up_ = true;
        }
        if (end == job::JobRunner::End::ended)
            after_job_();
        busy_ = end == job::JobRunner::End::restarting;
    });
}

} // namespace updater::agent
