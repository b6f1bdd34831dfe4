// What is remembered of the rescue copy over restarts: when it was made, when and why it was started, and
// since when the running system is the committed one. Only for information and for the grace period: a
// damaged record is as good as none.
#pragma once

#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace updater::rescue {

/// The rescue copy became the system that runs.
struct StartedCopy {
    partitions::Slot slot{}; ///< where the copy was
    std::string generation;  ///< that both slots had; a later job gives the slot another one
    std::chrono::system_clock::time_point when;
    bool on_request = false; ///< otherwise the system in the other slot could not be started
    bool over = false;       ///< another copy was made since
};

/// For one thread.
class RescueRecord {
  public:
    using Time = std::chrono::system_clock::time_point;

    /// `storage` outlives this object. Throws nothing.
    RescueRecord(partitions::Storage &storage, std::filesystem::path file);

    /// When the copy was made that shares this generation; nothing if that isn't known.
    std::optional<Time> made(const std::string &generation) const;
    /// Durable on return. Throws StorageError.
    void note_made(const std::string &generation, Time now);

    /// The last one; nothing if none was noted, or its generation wasn't.
    std::optional<StartedCopy> started() const;
    /// Durable on return. Throws StorageError.
    void note_started(const StartedCopy &started);

    /// When the system with this generation was first seen to be committed. The first call notes it durably:
    /// throws StorageError. A time in the future counts as now, since the clock was wrong then.
    Time committed_since(const std::string &generation, Time now);

  private:
    struct Noted {
        std::string generation; ///< empty: nothing is noted
        Time time;
    };

    void save() const;

    partitions::Storage &storage_;
    std::filesystem::path file_;
    Noted copied_;
    Noted committed_;
    std::optional<StartedCopy> started_;
};

} // namespace updater::rescue
