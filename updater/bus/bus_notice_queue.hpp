// Notices on their way from whoever posts them to the thread that serves the bus. Sends nothing itself.
#pragma once

#include "partitions/base/event_wakeup.hpp"
#include "updater/notices/notice_board.hpp"

#include <deque>
#include <mutex>

namespace updater {

/// Thread-safe. Outlives both ends.
class NoticeQueue {
  public:
    /// Never waits: when as many wait as will be kept, because the bus is not served, the oldest goes.
    void push(const Notice &notice);
    /// All that waited, oldest first.
    std::deque<Notice> take();
    /// Readable when there is something to take.
    int descriptor() const { return wakeup_.descriptor(); }

  private:
    std::mutex mutex_;
    std::deque<Notice> waiting_;
    Wakeup wakeup_;
};

} // namespace updater
