// The lock with which an upgrade holds content updates back (updater/contracts.md). Knows nothing of what is
// updated.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>

namespace updater::content {

/// The kernel releases it with the process, however that ends. Thread-safe.
class ContentLock {
  public:
    ContentLock(std::filesystem::path file, text::Clock clock)
        : file_(std::move(file)), clock_(std::move(clock)) {}

    /// Whether updates are held back now; false: one is under way. Returns at once. Throws std::system_error.
    bool try_hold();
    void release();
    /// Nothing: updates are free to run.
    std::optional<std::chrono::system_clock::time_point> held_since() const;

  private:
    const std::filesystem::path file_;
    const text::Clock clock_;
    mutable std::mutex mutex_;
    partitions::base::FileDescriptor held_;
    std::chrono::system_clock::time_point since_;
};

} // namespace updater::content
