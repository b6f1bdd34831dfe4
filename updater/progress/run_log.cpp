#include "updater/progress/run_log.hpp"

#include "partitions/durable.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <syslog.h>
#include <system_error>
#include <systemd/sd-journal.h>
#include <utility>

namespace updater::progress {

namespace {

int priority_of(job::Severity severity) {
    switch (severity) {
    case job::Severity::info:
        return LOG_INFO;
    case job::Severity::warning:
        return LOG_WARNING;
    case job::Severity::error:
        return LOG_ERR;
    }
    throw std::logic_error("a severity without a priority");
}

} // namespace

void send_to_systemd_journal(const JournalEntry &entry) {
    const std::string name(entry.phase ? job::name_of(*entry.phase) : "");
    const int result =
        sd_journal_send("MESSAGE=%s", entry.message.c_str(), "PRIORITY=%i", priority_of(entry.severity),
                        "UPDATE_CONTROL_JOB=%s", entry.job.c_str(), "UPDATE_CONTROL_PHASE=%i",
                        entry.phase ? job::number_of(*entry.phase) : 0, "UPDATE_CONTROL_PHASE_NAME=%s",
                        name.c_str(), "UPDATE_CONTROL_VERSION=%s", entry.version.c_str(), nullptr);
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "cannot write to the systemd journal");
}

std::string log_line(const Event &event) {
    std::string line = text::iso_time(event.time);
    if (event.phase)
        line += " phase " + std::to_string(job::number_of(*event.phase)) + " " +
                std::string(job::name_of(*event.phase)) + ": ";
    else
        line += " outside the phases: ";
    line += job::text_of(event.severity);
    line += ": ";
    line += event.text;
    return line;
}

RunLog::RunLog(partitions::Storage &storage, std::filesystem::path file, std::string job, JobStatus &status,
               std::ostream &console, text::Clock clock, JournalSender journal)
    : storage_(storage), file_path_(std::move(file)), job_(std::move(job)), status_(status),
      console_(console), clock_(std::move(clock)), journal_(std::move(journal)) {}

RunLog::~RunLog() = default;

void RunLog::firmware_version(std::string version) {
    const std::lock_guard lock(mutex_);
    version_ = std::move(version);
}

void RunLog::phase(job::Phase phase) {
    status_.phase(phase);
    const std::lock_guard lock(mutex_);
    phase_ = phase;
}

void RunLog::write(job::Severity severity, std::string_view text) {
    const std::lock_guard lock(mutex_);
    const Event event{
        .sequence = 0, .time = clock_(), .phase = phase_, .severity = severity, .text = cleaner_.clean(text)};
    send_everywhere_but_file(event);
    try {
        if (const std::string lines = lines_for_file(event); !lines.empty())
            append_to_file(lines);
        missing_lines_ = 0;
    } catch (const partitions::StorageError &reason) {
        // Not fatal, see the class's comment.
        file_.reset();
        if (missing_lines_++ == 0)
            report_unwritable(reason, event);
    }
}

std::string RunLog::lines_for_file(const Event &event) {
    if (!file_)
        open_file();
    Event note = event;
    note.severity = job::Severity::warning;
    const std::uint64_t room_bytes = event.severity == job::Severity::info ? max_bytes : 2 * max_bytes;
    if (file_bytes_ > room_bytes) {
        if (std::exchange(said_full_, true))
            return {};
        note.text =
            "this file is as long as it may be; from here on lines are missing, they are in the journal: "
            "journalctl UPDATE_CONTROL_JOB=" +
            job_;
        return log_line(note) + "\n";
    }
    std::string lines;
    if (missing_lines_ != 0) {
        note.text = std::to_string(missing_lines_) +
                    " lines before this one are missing here, the file could "
                    "not be written; they are in the journal";
        lines = log_line(note) + "\n";
    }
    return lines + log_line(event) + "\n";
}

void RunLog::append_to_file(const std::string &lines) {
    file_->append(std::as_bytes(std::span(lines)));
    file_->sync();
    file_bytes_ += lines.size();
}

void RunLog::open_file() {
    const std::filesystem::path folder = file_path_.parent_path();
    partitions::make_directories(storage_, folder);
    const bool is_new = storage_.kind(file_path_) == partitions::FileKind::none;
    bool ends_mid_line = false;
    file_bytes_ = 0;
    if (!is_new) {
        const auto present = storage_.open(file_path_, partitions::OpenMode::read);
        const std::uint64_t size_bytes = present->size_bytes();
        file_bytes_ = size_bytes;
        std::array<std::byte, 1> last{};
        if (size_bytes != 0)
            ends_mid_line = present->read_at(size_bytes - 1, last) == 1 && last[0] != std::byte{'\n'};
        present->close();
    }
    constexpr mode_t readable_by_administrators = 0640;
    auto file = storage_.open(file_path_, partitions::OpenMode::append, readable_by_administrators);
    // A crash or a full disk may have left half a line; what follows must not be glued to it.
    if (ends_mid_line)
        file->append(std::as_bytes(std::span("\n", 1)));
    // The name must be as durable as the lines, or a power cut loses the whole log.
    if (is_new)
        storage_.sync_directory(folder);
    file_ = std::move(file);
}

void RunLog::report_unwritable(const partitions::StorageError &reason, const Event &event) {
    Event report = event;
    report.severity = job::Severity::error;
    report.text = text::clean_text(std::string("the log ") + file_path_.string() +
                                   " cannot be written, the job goes on without it: " + reason.what());
    send_everywhere_but_file(report);
}

void RunLog::send_everywhere_but_file(const Event &event) {
    status_.event(event);
    // The console is a serial line or nothing at all; a failure there concerns nobody but must not stick.
    console_ << log_line(event) << std::endl;
    console_.clear();
    send_to_journal(event);
}

void RunLog::send_to_journal(const Event &event) {
    try {
        journal_({.severity = event.severity,
                  .message = event.text,
                  .job = job_,
                  .phase = event.phase,
                  .version = version_});
    } catch (const std::system_error &reason) {
        // For the same reason as a log file that cannot be written: it tells of the job, it is not the job.
        if (journal_failure_reported_)
            return;
        journal_failure_reported_ = true;
        Event report = event;
        report.severity = job::Severity::error;
        report.text = text::clean_text(std::string(reason.what()) + "; the job goes on without it");
        status_.event(report);
        console_ << log_line(report) << std::endl;
        console_.clear();
    }
}

} // namespace updater::progress
