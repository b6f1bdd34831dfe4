#include "updater/bus/bus_notice_queue.hpp"

#include <utility>

namespace updater::bus {

void NoticeQueue::push(const notices::Notice &notice) {
    constexpr std::size_t max_waiting = 100;
    const std::lock_guard lock(mutex_);
    if (waiting_.size() == max_waiting)
        waiting_.pop_front();
    waiting_.push_back(notice);
    wakeup_.wake();
}

std::deque<notices::Notice> NoticeQueue::take() {
    const std::lock_guard lock(mutex_);
    wakeup_.take();
    return std::exchange(waiting_, {});
}

} // namespace updater::bus
