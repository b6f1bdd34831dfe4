// The log of one job: sends each event to the log file, the systemd journal, the console and the status.
// Nothing reads the log to decide anything.
#pragma once

#include "updater/job/coded_severity.hpp"
#include "updater/progress/log_file.hpp"
#include "updater/progress/status.hpp"
#include "updater/progress/systemd_journal.hpp"
#include "updater/text/clean_text.hpp"

#include <filesystem>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace updater::progress {

/// Where events go, beside the log file. References outlive the log.
struct LogPlaces {
    JobStatus &status;
    std::ostream &console; ///< where the unit's output goes: std::cout in the agent
    JournalSender journal;
};

/// Thread-safe. Each line is on the disk when write() returns.
///
/// A log that cannot be written doesn't end the job: the log tells of the job, the job doesn't depend on it,
/// and a disk that fills up in phase 7 must not turn a working upgrade into a rollback (nor stop a rollback,
/// whose lines matter most). The failure is reported once, as an error event in the other places. Any error
/// but a partitions::StorageError of the file and a std::system_error of the journal passes through.
class RunLog {
  public:
    /// `file`: /var/spool/updates/XPU/<job>.log. The storage outlives the log.
    RunLog(partitions::Storage &storage, std::filesystem::path file, std::string job, LogPlaces places,
           text::Clock clock);
    RunLog(const RunLog &) = delete;
    RunLog &operator=(const RunLog &) = delete;

    /// The firmware's version, for the journal's field; empty before it is known.
    void firmware_version(std::string version);
    /// From now on lines carry this phase. Also tells JobStatus::phase(). Writes no line.
    void phase(job::Phase phase);
    /// Writes one event. The text is cleaned: one line, no control characters, bounded, secrets masked, also
    /// a private key that comes line by line. A warning or an error without a code gets that of its phase.
    void write(const job::CodedSeverity &severity, std::string_view text);
    void debug(std::string_view text) { write(job::Severity::debug, text); }
    void info(std::string_view text) { write(job::Severity::info, text); }
    void warning(std::string_view text, std::string_view code = {}) {
        write({job::Severity::warning, code}, text);
    }
    void error(std::string_view text, std::string_view code = {}) {
        write({job::Severity::error, code}, text);
    }

  private:
    void send_beside_file(const Event &event);
    void send_to_status_and_console(const Event &event);
    void send_to_journal(const Event &event);

    const std::string job_;
    const LogPlaces places_;
    const text::Clock clock_;
    std::mutex mutex_;
    text::TextCleaner cleaner_;
    LogFile file_;
    std::string version_;
    std::optional<job::Phase> phase_;
    bool journal_failure_reported_ = false;
};

} // namespace updater::progress
