// The log of one run, /var/spool/updates/XPU/<job>.log: a line an event, for people. The same event also goes
// to the systemd journal, the console and the status. Nothing reads the log back to decide anything.
#pragma once

#include "partitions/storage.hpp"
#include "updater/progress/status.hpp"
#include "updater/text/clean_text.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace updater::progress {

/// What the systemd journal gets: the event and the fields that let one search for it.
struct JournalEntry {
    job::Severity severity = job::Severity::info;
    std::string message;
    std::string job;                 // UPDATE_CONTROL_JOB
    std::optional<job::Phase> phase; // UPDATE_CONTROL_PHASE (0: outside the phases) and _PHASE_NAME
    std::string version;             // UPDATE_CONTROL_VERSION: the firmware's
};
using JournalSender = std::function<void(const JournalEntry &)>;

/// Sends with sd_journal_send(3), syslog priority 6, 4 or 3 by level. Without a journal daemon nothing is
/// sent (sd_journal_send reports success then); throws std::system_error when a present journal cannot be
/// written.
void send_to_systemd_journal(const JournalEntry &entry);

/// One line without its end: `2026-11-21T03:00:04+00:00 phase 4 prepare the message store migration: info:
/// begins`; outside the phases (phase 0) `… outside the phases: info: …`.
std::string log_line(const Event &event);

/// Writes the run's events to all four places. Thread-safe. Each line is on the disk when write() returns.
///
/// The log file is the one place where a failed write does not end the job: the log tells what the job does,
/// the job does not depend on it, and a disk that fills up in phase 7 must not turn a working upgrade into a
/// rollback (nor stop the undo, whose lines matter most). The failure is reported once to the journal, status
/// and console as an error event; each later line is tried again, and the first that succeeds says how many
/// lines are missing. Anything else but a partitions::StorageError passes through.
///
/// It lies on a disk that mail needs, and programs whose lines come here may say anything: beyond max_bytes
/// info lines no longer go into the file, beyond twice that none do. The last line in it says so; the other
/// places get all of them, and keep themselves bounded.
class RunLog {
  public:
    static constexpr std::uint64_t max_bytes = 8UL * 1024 * 1024;

    /// Opens `file` for appending and continues it if it exists (a line cut off by a power failure is ended
    /// first); its folder is made if missing. `console` is where the unit's output goes (std::cout in the
    /// agent). All references must outlive the log.
    RunLog(partitions::Storage &storage, std::filesystem::path file, std::string job, JobStatus &status,
           std::ostream &console, text::Clock clock, JournalSender journal);
    ~RunLog();
    RunLog(const RunLog &) = delete;
    RunLog &operator=(const RunLog &) = delete;

    /// The firmware's version, for the journal's field; empty before it is known.
    void firmware_version(std::string version);
    /// From now on lines carry this phase. Also tells JobStatus::phase(). Writes no line.
    void phase(job::Phase phase);
    /// Writes one event. The text is cleaned: one line, no control characters, bounded, secrets masked; also
    /// a private key that comes line by line.
    void write(job::Severity severity, std::string_view text);
    void info(std::string_view text) { write(job::Severity::info, text); }
    void warning(std::string_view text) { write(job::Severity::warning, text); }
    void error(std::string_view text) { write(job::Severity::error, text); }

    const std::filesystem::path &file() const { return file_path_; }

  private:
    void append_to_file(const std::string &lines);
    /// The lines for the file; none when it is full.
    std::string lines_for_file(const Event &event);
    void open_file();
    void report_unwritable(const partitions::StorageError &reason, const Event &event);
    void send_everywhere_but_file(const Event &event);
    void send_to_journal(const Event &event);

    partitions::Storage &storage_;
    const std::filesystem::path file_path_;
    const std::string job_;
    JobStatus &status_;
    std::ostream &console_;
    const text::Clock clock_;
    const JournalSender journal_;
    std::mutex mutex_;
    text::TextCleaner cleaner_;
    std::unique_ptr<partitions::File> file_;
    std::string version_;
    std::optional<job::Phase> phase_;
    std::uint64_t missing_lines_ = 0;
    std::uint64_t file_bytes_ = 0;
    bool said_full_ = false;
    bool journal_failure_reported_ = false;
};

} // namespace updater::progress
