// The job journal: what the job was about to do and what it had done, so that after a restart nobody has to
// guess. It records; it decides nothing (that is recovery.hpp).
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/outcome.hpp"
#include "updater/job/phase.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace updater::job {

enum class RecordKind {
    job_begins,
    phase_begins,
    facts,
    phase_done,
    phase_failed,
    undo_begins,
    resumed,
    job_ended
};

/// One line of the journal. Which fields mean something depends on the kind.
struct Record {
    RecordKind kind = RecordKind::job_begins;
    std::string boot_id;
    std::chrono::system_clock::time_point time;
    std::optional<Phase> phase;     ///< phase_begins, phase_done, phase_failed, resumed
    std::optional<JobFacts> facts;  ///< job_begins, facts, phase_done
    std::optional<Outcome> outcome; ///< phase_failed (what it will end as), job_ended
    std::string reason;             ///< phase_failed, job_ended
    std::string next_step;          ///< phase_failed, job_ended
    /// phase_failed, job_ended: a restart or the end of the agent was the reason, which says nothing of the
    /// version
    bool interrupted = false;
    bool try_later = false; ///< phase_failed, job_ended: nothing speaks against the version
};

/// All records that can be trusted, in order. `damaged` is true when something other than a torn last line
/// was found; nothing after the damage is in `records`.
struct JournalContents {
    std::vector<Record> records;
    bool damaged = false;
};

/// Beside the file stands another of its name and ".reserve", whose space the journal gets when the disk is
/// full: what fills it must not keep a job from being taken back, nor its end from being noted.
///
/// An append-only file of lines `CHECKSUM JSON`, where CHECKSUM is the first 16 hexadecimal digits of the
/// SHA-256 of the JSON text. One file holds one job; the next job replaces it. When append() or begin() has
/// returned, the record is on the disk.
class Journal {
  public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    Journal(partitions::Storage &storage, std::filesystem::path file, std::string boot_id, Clock clock);

    /// What is recorded; empty when there is no journal. A last line that is torn counts as not written.
    /// @throws partitions::StorageError when the file cannot be read, std::runtime_error when a record is
    /// intact but not one that this program knows, as of a newer updater.
    JournalContents read();

    /// Replaces the journal by one with this record alone: the old one or the new one is there, never a
    /// mixture.
    void begin(Record first);

    /// Adds a record. A torn last line is cut off before, so that the new record starts a line of its own.
    void append(Record record);

  private:
    std::string line_of(Record record) const;
    std::filesystem::path reserve() const;
    void write_line(const std::string &line);
    void cut_torn_tail();

    partitions::Storage &storage_;
    std::filesystem::path file_;
    std::string boot_id_;
    Clock clock_;
    bool tail_is_clean_ = false;
};

} // namespace updater::job
