// What log and status show while the job runs.
#include "updater/progress/log_observer.hpp"

#include "updater/progress/old_logs.hpp"
#include "updater/progress/prediction_text.hpp"
#include "updater/progress/warning_count.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace updater::progress {

namespace {

std::string seconds_text(std::chrono::milliseconds took) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(took.count()) / 1000);
    return text.data();
}

/// What a person asked for is no failure: it must not alarm whoever watches the systemd journal for errors.
bool is_cancelled(std::string_view code) {
    return code == messages::text_of(messages::Code::job_cancelled);
}

job::Severity severity_of_end(job::Outcome outcome) {
    return outcome == job::Outcome::succeeded || outcome == job::Outcome::cancelled ? job::Severity::info
                                                                                    : job::Severity::error;
}

} // namespace

LogObserver::LogObserver(partitions::Storage &storage, const LogPlaces &places, text::Clock clock,
                         std::string machine,
                         std::function<void(const job::JobFacts &, const job::JobEnd &)> at_end,
                         Predict predict, MailLooks mail)
    : storage_(storage), places_(places), status_(places.status), clock_(std::move(clock)),
      machine_(std::move(machine)), at_end_(std::move(at_end)), predict_(std::move(predict)),
      mail_(std::move(mail)) {}

RunLog &LogObserver::log() {
    if (!log_)
        throw std::logic_error("an event of a job that has not begun");
    return *log_;
}

void LogObserver::job_begins(const job::JobFacts &facts, bool continued) {
    facts_ = facts;
    status_.begin_job(facts);
    facts_known(facts);
    log_ = std::make_unique<RunLog>(storage_, facts.log_file, facts.job, places_, clock_);
    log_->firmware_version(facts.to_version);
    log_->info(machine_);
    log_->info(continued
                   ? "the update agent continues job " + facts.job
                   : "job " + facts.job + ": " + std::string(text_of(facts.operation)) + ", from " +
                         facts.from_version + (facts.to_version.empty() ? "" : " to " + facts.to_version));
    if (!continued)
        remove_old_logs();
}

void LogObserver::remove_old_logs() {
    try {
        keep_newest_logs(storage_, std::filesystem::path(facts_.log_file).parent_path());
    } catch (const partitions::StorageError &failure) {
        log().warning(std::string("old logs could not be removed: ") + failure.what(),
                      messages::text_of(messages::Code::old_logs_not_removed));
    }
}

void LogObserver::going_on(std::string_view reason, std::string_view code) {
    status_.note(reason);
    log().warning(reason, code);
}

void LogObserver::firmware_known(std::string_view version) {
    facts_.to_version = version;
    log().firmware_version(facts_.to_version);
    status_.firmware_version(facts_.to_version);
}

void LogObserver::facts_known(const job::JobFacts &facts) {
    if (!predict_)
        return;
    predicted_ = predict_(facts);
    status_.predict(predicted_);
}

void LogObserver::phase_begins(job::Phase phase) {
    log().phase(phase);
    mail_.soon();
    log().info("begins");
    // Where most is left to happen and most is known of it.
    if (phase == job::Phase::install || phase == job::Phase::stop_services)
        if (const auto line = outlook_from(phase, predicted_); !line.empty())
            log().info(line);
}

void LogObserver::phase_done(job::Phase phase, std::chrono::milliseconds took) {
    // The restart is done under the other system, whose log does not know the phase yet.
    log().phase(phase);
    log().info("done in " + seconds_text(took));
    mail_.soon();
}

void LogObserver::phase_failed(job::Phase, std::string_view reason, std::string_view code) {
    if (is_cancelled(code))
        log().write({job::Severity::info, code}, reason);
    else
        log().error("failed: " + std::string(reason), code);
}

void LogObserver::mail_flows_again() {
    status_.mail_is_let_in();
    mail_.soon();
}

void LogObserver::progress(int percent, std::string_view step) {
    status_.progress(percent, step);
}

void LogObserver::event(const job::CodedSeverity &severity, std::string_view text) {
    log().write(severity, text);
}

void LogObserver::rolling_back(std::string_view reason, std::string_view code) {
    status_.rolling_back();
    log().write({is_cancelled(code) ? job::Severity::info : job::Severity::warning, code},
                "rolling back: " + std::string(reason));
}

void LogObserver::restarting() {
    status_.restarting();
}

void LogObserver::job_ended(const job::JobFacts &facts, const job::JobEnd &end) {
    auto text = "job " + facts.job + " ended: " + std::string(text_of(end.outcome));
    if (!end.reason.empty())
        text += ", because " + end.reason;
    log().firmware_version(facts.to_version);
    log().write({severity_of_end(end.outcome), end.code}, text);
    if (!end.next_step.empty())
        log().info(end.next_step);
    // Whoever waits for the end of the job is told with it.
    mail_.now();
    auto ended = end;
    if (ended.ended == std::chrono::system_clock::time_point()) // it could not be recorded
        ended.ended = clock_();
    ended.warnings = count_warnings_of(storage_, facts.log_file);
    if (ended.warnings > 0)
        log().info(std::to_string(ended.warnings) +
                   (ended.warnings == 1 ? " warning; see " : " warnings; see ") + facts.log_file);
    predicted_.clear();
    for (const auto &line : compared_with_prediction(facts, ended))
        log().info(line);
    status_.job_ended(facts, ended);
    try {
        at_end_(facts, ended);
    } catch (const partitions::StorageError &failure) {
        log().warning(std::string("the job has ended, but not all of that could be recorded: ") +
                          failure.what(),
                      messages::text_of(messages::Code::end_not_recorded));
    }
}

void LogObserver::ended_before(const job::JobFacts &facts, job::JobEnd end) {
    end.warnings = count_warnings_of(storage_, facts.log_file);
    status_.job_ended(facts, std::move(end));
}

void LogObserver::given_up(std::string_view reason) {
    // It may fail before it begins, and then it has no log.
    if (log_)
        log_->error("the job cannot continue: " + std::string(reason) +
                        "; restart the appliance, it then comes back as its journal says",
                    messages::text_of(messages::Code::job_stopped));
    status_.problem((facts_.job.empty() ? "a job" : "the job " + facts_.job) +
                    " stopped in the middle: " + std::string(reason) +
                    ". Restart the appliance, it then comes back as its journal says: systemctl reboot");
    status_.job_ended(facts_, {.outcome = job::Outcome::failed,
                               .reason = std::string(reason),
                               .next_step = "Restart the appliance, it then comes back as its journal says: "
                                            "systemctl reboot",
                               .ended = clock_(),
                               .code = messages::text_of(messages::Code::job_stopped)});
}

} // namespace updater::progress
