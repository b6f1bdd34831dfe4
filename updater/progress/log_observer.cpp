// The run's log and the status, as the job goes on.
#include "updater/progress/log_observer.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace updater {

namespace {

JobResult result_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::succeeded:
        return JobResult::succeeded;
    case Outcome::failed:
        return JobResult::failed;
    case Outcome::refused:
        return JobResult::refused;
    case Outcome::rolled_back:
        return JobResult::rolled_back;
    case Outcome::cancelled:
        return JobResult::cancelled;
    }
    throw std::logic_error("no such outcome");
}

Level level_of(Severity severity) {
    switch (severity) {
    case Severity::info:
        return Level::info;
    case Severity::warning:
        return Level::warning;
    case Severity::error:
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

Operation operation_of(const JobFacts &facts) {
    if (facts.operation == "download")
        return Operation::download;
    return facts.operation == "rollback" ? Operation::rollback : Operation::install;
}

FinishedJob finished_job(const JobFacts &facts, const JobEnd &end,
                         std::chrono::system_clock::time_point ended) {
    FinishedJob finished{.job = facts.job,
                         .result = result_of(end.outcome),
                         .from_version = facts.from_version,
                         .to_version = facts.to_version,
                         .reason = end.reason,
                         .next = end.next_step,
                         .ended = ended};
    for (const auto &each : end.phases)
        finished.phases.push_back({number_of(each.phase), std::string(name_of(each.phase)), each.took});
    return finished;
}

LogObserver::LogObserver(partitions::Storage &storage, JobStatus &status, std::ostream &console, Clock clock,
                         JournalSender journal, std::function<void(const JobFacts &, const JobEnd &)> at_end)
    : storage_(storage), status_(status), console_(console), clock_(std::move(clock)),
      journal_(std::move(journal)), at_end_(std::move(at_end)) {}

RunLog &LogObserver::log() {
    if (!log_)
        throw std::logic_error("a job tells of its progress before it began");
    return *log_;
}

void LogObserver::job_begins(const JobFacts &facts, bool continued) {
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

void LogObserver::phase_begins(Phase phase) {
    log().phase(number_of(phase), std::string(name_of(phase)));
    status_.mail_flows(mail_flows_in(phase));
    log().info("begins");
}

void LogObserver::phase_done(Phase phase, std::chrono::milliseconds took) {
    // A restart is done under the other system, whose log has not been told of a phase yet.
    log().phase(number_of(phase), std::string(name_of(phase)));
    log().info("done in " + seconds_text(took));
    if (phase == Phase::start_services)
        status_.mail_flows(true);
}

void LogObserver::phase_failed(Phase, std::string_view reason) {
    log().error("failed: " + std::string(reason));
}

void LogObserver::mail_flows_again() {
    status_.mail_flows(true);
}

void LogObserver::progress(int percent, std::string_view step) {
    status_.progress(percent, step);
}

void LogObserver::event(Severity severity, std::string_view text) {
    log().write(level_of(severity), text);
}

void LogObserver::rolling_back(std::string_view reason) {
    status_.rolling_back();
    log().warning("rolling back: " + std::string(reason));
}

void LogObserver::restarting() {
    status_.restarting();
}

void LogObserver::job_ended(const JobFacts &facts, const JobEnd &end) {
    auto text = "job " + facts.job + " ended: " + text_of(end.outcome);
    if (!end.reason.empty())
        text += ", because " + end.reason;
    log().firmware_version(facts.to_version);
    log().write(end.outcome == Outcome::succeeded ? Level::info : Level::error, text);
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
                                  {.outcome = Outcome::failed,
                                   .reason = std::string(reason),
                                   .next_step = "Restart the appliance; it comes back as its journal says."},
                                  clock_()));
}

} // namespace updater
