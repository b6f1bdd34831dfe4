// The run's log and the status, as the job goes on.
#include "updater/progress/log_observer.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace updater::progress {

namespace {

JobResult result_of(job::Outcome outcome) {
    switch (outcome) {
    case job::Outcome::succeeded:
        return JobResult::succeeded;
    case job::Outcome::failed:
        return JobResult::failed;
    case job::Outcome::refused:
        return JobResult::refused;
    case job::Outcome::rolled_back:
        return JobResult::rolled_back;
    case job::Outcome::cancelled:
        return JobResult::cancelled;
    }
    throw std::logic_error("no such outcome");
}

Level level_of(job::Severity severity) {
    switch (severity) {
    case job::Severity::info:
        return Level::info;
    case job::Severity::warning:
        return Level::warning;
    case job::Severity::error:
        return Level::error;
    }
    throw std::logic_error("no such severity");
}

std::string seconds_text(std::chrono::milliseconds took) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(took.count()) / 1000);
    return text.data();
}

} // namespace

Operation operation_of(const job::JobFacts &facts) {
    if (facts.operation == "download")
        return Operation::download;
    return facts.operation == "rollback" ? Operation::rollback : Operation::install;
}

FinishedJob finished_job(const job::JobFacts &facts, const job::JobEnd &end,
                         std::chrono::system_clock::time_point ended) {
    FinishedJob finished{.job = facts.job,
                         .result = result_of(end.outcome),
                         .from_version = facts.from_version,
                         .to_version = facts.to_version,
                         .reason = end.reason,
                         .next = end.next_step,
                         .ended = ended};
    for (const auto &each : end.phases)
        finished.phases.push_back(
            {job::number_of(each.phase), std::string(job::name_of(each.phase)), each.took});
    return finished;
}

LogObserver::LogObserver(partitions::Storage &storage, JobStatus &status, std::ostream &console,
                         text::Clock clock, JournalSender journal,
                         std::function<void(const job::JobFacts &, const job::JobEnd &)> at_end)
    : storage_(storage), status_(status), console_(console), clock_(std::move(clock)),
      journal_(std::move(journal)), at_end_(std::move(at_end)) {}

RunLog &LogObserver::log() {
    if (!log_)
        throw std::logic_error("a job tells of its progress before it began");
    return *log_;
}

void LogObserver::job_begins(const job::JobFacts &facts, bool continued) {
    facts_ = facts;
    status_.begin_job(facts.job, operation_of(facts), facts.from_version, facts.to_version, facts.log_file,
                      facts.started);
    log_ = std::make_unique<RunLog>(storage_, facts.log_file, facts.job, status_, console_, clock_, journal_);
    log_->firmware_version(facts.to_version);
    log_->info(continued ? "the update agent continues job " + facts.job
                         : "job " + facts.job + ": " + facts.operation + ", from " + facts.from_version +
                               (facts.to_version.empty() ? "" : " to " + facts.to_version));
}

void LogObserver::going_on(std::string_view reason) {
    status_.note(reason);
    log().warning(reason);
}

void LogObserver::phase_begins(job::Phase phase) {
    log().phase(job::number_of(phase), std::string(job::name_of(phase)));
    status_.mail_flows(job::mail_flows_in(phase));
    log().info("begins");
}

void LogObserver::phase_done(job::Phase phase, std::chrono::milliseconds took) {
    // A restart is done under the other system, whose log has not been told of a phase yet.
    log().phase(job::number_of(phase), std::string(job::name_of(phase)));
    log().info("done in " + seconds_text(took));
    if (phase == job::Phase::start_services)
        status_.mail_flows(true);
}

void LogObserver::phase_failed(job::Phase, std::string_view reason) {
    log().error("failed: " + std::string(reason));
}

void LogObserver::mail_flows_again() {
    status_.mail_flows(true);
}

void LogObserver::progress(int percent, std::string_view step) {
    status_.progress(percent, step);
}

void LogObserver::event(job::Severity severity, std::string_view text) {
    log().write(level_of(severity), text);
}

void LogObserver::rolling_back(std::string_view reason) {
    status_.rolling_back();
    log().warning("rolling back: " + std::string(reason));
}

void LogObserver::restarting() {
    status_.restarting();
}

void LogObserver::job_ended(const job::JobFacts &facts, const job::JobEnd &end) {
    auto text = "job " + facts.job + " ended: " + job::text_of(end.outcome);
    if (!end.reason.empty())
        text += ", because " + end.reason;
    log().firmware_version(facts.to_version);
    log().write(end.outcome == job::Outcome::succeeded ? Level::info : Level::error, text);
    if (!end.next_step.empty())
        log().info(end.next_step);
    status_.mail_flows(true);
    status_.finished(finished_job(facts, end, clock_()));
    try {
        at_end_(facts, end);
    } catch (const partitions::StorageError &failure) {
        log().warning(std::string("the job has ended, but this could not be noted: ") + failure.what());
    }
}

void LogObserver::given_up(std::string_view reason) {
    status_.finished(finished_job(facts_,
                                  {.outcome = job::Outcome::failed,
                                   .reason = std::string(reason),
                                   .next_step = "Restart the appliance; it comes back as its journal says."},
                                  clock_()));
}

} // namespace updater::progress
