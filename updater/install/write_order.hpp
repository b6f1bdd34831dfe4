// Makes workers that assemble chunks from the target write in the order of the tasks: a chunk may overwrite
// what an earlier one is made from.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace updater::install {

/// Thread-safe.
class WriteOrder {
  public:
    explicit WriteOrder(std::size_t tasks) : read_(tasks, false) {}

    /// The task needs nothing of the target any more: it was made, or has failed.
    void has_read(std::size_t task);
    /// Waits until no earlier task needs anything of the target. False when the order was abandoned.
    bool wait_for_turn(std::size_t task);
    /// Nobody waits from here on.
    void abandon();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<bool> read_;
    std::size_t first_unread_ = 0;
    bool abandoned_ = false;
};

} // namespace updater::install
