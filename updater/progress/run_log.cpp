#include "updater/progress/run_log.hpp"

#include "updater/job/phase_codes.hpp"

#include <system_error>
#include <utility>

namespace updater::progress {

namespace {

/// The same moment and phase, as an error.
Event report_of(const Event &event, const std::string &text) {
    Event report = event;
    report.severity = job::Severity::error;
    report.text = text::clean_text(text);
    report.code = messages::text_of(messages::Code::log_not_written);
    return report;
}

std::string code_in(const job::CodedSeverity &severity, std::optional<job::Phase> phase) {
    if (severity < job::Severity::warning)
        return {};
    // What came from another release is cleaned: it stands in a line of its own.
    if (!severity.code.empty())
        return text::clean_text(severity.code);
    return messages::text_of(severity == job::Severity::error ? job::failure_code(phase)
                                                              : job::warning_code(phase));
}

} // namespace

RunLog::RunLog(partitions::Storage &storage, std::filesystem::path file, std::string job, LogPlaces places,
               text::Clock clock)
    : job_(std::move(job)), places_(std::move(places)), clock_(std::move(clock)),
      file_(storage, std::move(file), job_) {}

void RunLog::firmware_version(std::string version) {
    const std::lock_guard lock(mutex_);
    version_ = std::move(version);
}

void RunLog::phase(job::Phase phase) {
    places_.status.phase(phase);
    const std::lock_guard lock(mutex_);
    phase_ = phase;
}

void RunLog::write(const job::CodedSeverity &severity, std::string_view text) {
    const std::lock_guard lock(mutex_);
    const Event event{.sequence = 0,
                      .time = clock_(),
                      .phase = phase_,
                      .severity = severity,
                      .text = cleaner_.clean(text),
                      .code = code_in(severity, phase_)};
    send_beside_file(event);
    if (const auto failure = file_.write(event))
        send_beside_file(report_of(event, "the log " + file_.path().string() +
                                              " cannot be written, the job goes on without it: " + *failure));
}

void RunLog::send_beside_file(const Event &event) {
    // A program that follows the job may know three levels only.
    if (event.severity != job::Severity::debug)
        send_to_status_and_console(event);
    send_to_journal(event);
}

void RunLog::send_to_status_and_console(const Event &event) {
    places_.status.event(event);
    // The console may be a serial line or nothing at all: a failure is ignored, and must not stop later
    // lines.
    places_.console << log_line(event) << std::endl;
    places_.console.clear();
}

void RunLog::send_to_journal(const Event &event) {
    try {
        places_.journal({.severity = event.severity,
                         .message = event.text,
                         .job = job_,
                         .phase = event.phase,
                         .version = version_,
                         .code = event.code});
    } catch (const std::system_error &failure) {
        if (!std::exchange(journal_failure_reported_, true))
            send_to_status_and_console(
                report_of(event, std::string(failure.what()) + "; the job goes on without it"));
    }
}

} // namespace updater::progress
