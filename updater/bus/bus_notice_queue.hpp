// Passes notices from the thread that posts them to the thread that serves the bus. Sends nothing itself.
#pragma once

#include "partitions/base/event_wakeup.hpp"
#include "updater/notices/notice_board.hpp"

#include <deque>
#include <mutex>

namespace updater::bus {

/// Thread-safe. Outlives both ends.
class NoticeQueue {
  public:
    /// Never blocks: drops the oldest notice when the queue is full, because the bus is not served.
    void push(const notices::Notice &notice);
    /// Empties the queue; oldest first.
    std::deque<notices::Notice> take();
    /// Readable when there is something to take.
    int descriptor() const { return wakeup_.descriptor(); }

  private:
    std::mutex mutex_;
    std::deque<notices::Notice> waiting_;
    partitions::base::Wakeup wakeup_;
};

} // namespace updater::bus
