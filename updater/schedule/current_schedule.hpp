// What is scheduled now: kept in memory for readers, and in the file for the next start. Decides nothing.
#pragma once

#include "updater/schedule/schedule_messages.hpp"
#include "updater/schedule/schedule_state.hpp"

#include <mutex>
#include <string>

namespace updater::schedule {

/// One thread at a time may change it; any thread may read, and never waits for the disk.
class CurrentSchedule {
  public:
    struct Contents {
        ScheduleState state;
        std::string problem; ///< with the settings or the calendar; empty: none
    };

    /// `messages` outlives this object.
    CurrentSchedule(ScheduleFile file, ScheduleMessages &messages);

    /// Reads the file. If it is damaged, nothing is scheduled, and a message says so. Throws StorageError.
    void load();

    Contents contents() const;
    ScheduleState state() const { return contents().state; }

    /// Durable on return; writes nothing if nothing changes. Throws StorageError, and then nothing has
    /// changed for readers.
    void save(const ScheduleState &state);

    /// Replaces the problem; empty: none any more. Each problem is said once.
    void set_problem(const std::string &problem);

  private:
    ScheduleFile file_;
    ScheduleMessages &messages_;
    mutable std::mutex mutex_; ///< for the contents; never held while the file is read or written
    Contents contents_;
};

} // namespace updater::schedule
