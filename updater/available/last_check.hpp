// When the feed was last checked successfully, kept over restarts.
#pragma once

#include "partitions/storage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace updater::available {

class LastCheck {
  public:
    /// Reads the file. `storage` outlives this object. Throws StorageError.
    LastCheck(partitions::Storage &storage, std::filesystem::path file);

    /// Nothing: never, or not known.
    std::optional<std::chrono::sys_seconds> time() const { return time_; }
    /// Durable on return. Throws StorageError.
    void remember(std::chrono::sys_seconds time);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
    std::optional<std::chrono::sys_seconds> time_;
};

} // namespace updater::available
