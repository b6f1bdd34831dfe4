// The job journal's file: what a job was about to do and what it had done, so that after a restart nobody has
// to guess. Decides nothing; that is recovery.hpp.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/record.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace updater::job {

/// An append-only file of lines (record_lines.hpp). It holds one job; the next job replaces it. When append()
/// or begin() has returned, the record is on the disk.
///
/// Beside it lies a file of the same name and ".reserve", whose space the journal gets when the disk is full:
/// a full disk must keep no job from being rolled back, and no end of a job from being recorded.
class Journal {
  public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    Journal(partitions::Storage &storage, std::filesystem::path file, std::string boot_id, Clock clock);

    /// What is recorded; empty when there is no journal. A torn last line counts as not written.
    /// @throws partitions::StorageError when the file cannot be read, std::runtime_error when an intact
    /// record makes no sense to this program, such as one of a newer updater.
    JournalContents read();

    /// Replaces the journal by one with this record alone. A power cut leaves the old journal or the new one.
    void begin(Record first);

    /// Adds a record. Cuts off a torn last line first, so that the new record starts a line of its own.
    void append(Record record);

  private:
    /// With the boot and the time in which it is written.
    Record stamped(Record record) const;
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
