// What is remembered of the rescue copy over restarts: when it was made, and since when the running system is
// the committed one. Only for information and for the grace period: a damaged record is as good as none.
#pragma once

#include "partitions/storage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace updater::rescue {

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
};

} // namespace updater::rescue
