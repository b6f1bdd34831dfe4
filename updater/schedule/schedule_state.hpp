// What the schedule must still know after a restart, under either system, and the file that it is kept in.
// Decides nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/messages/coded.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace updater::schedule {

/// Ordered with --at.
struct ScheduledOrder {
    std::string calendar; ///< as it was written
    std::string source;   ///< as JobRequests::install() takes it: empty, a path or a URL
    bool force = false;
    std::chrono::sys_seconds due;
    bool operator==(const ScheduledOrder &) const = default;
};

/// The next opening of the window in which the appliance installs by itself.
struct NextWindow {
    std::string calendar; ///< with its time zone
    std::chrono::sys_seconds opens;
    bool operator==(const NextWindow &) const = default;
};

struct ScheduleState {
    std::optional<ScheduledOrder> order;
    std::optional<NextWindow> window;
    std::optional<std::chrono::sys_seconds> postponed_until;
    /// When the installation was due that is about to begin: removed from `order` or `window`, and not yet in
    /// the job's journal.
    std::optional<std::chrono::sys_seconds> beginning;
    bool operator==(const ScheduleState &) const = default;
};

/// The file cannot be read; what was scheduled is lost.
class ScheduleDamaged : public std::runtime_error, public messages::CodeIs<messages::Code::schedule_damaged> {
  public:
    using std::runtime_error::runtime_error;
};

class ScheduleFile {
  public:
    /// `storage` outlives this object.
    ScheduleFile(partitions::Storage &storage, std::filesystem::path file);

    /// Empty when there is no file. Throws ScheduleDamaged, StorageError.
    ScheduleState read() const;
    /// Atomic, and durable on return. Throws StorageError.
    void write(const ScheduleState &state);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::schedule
