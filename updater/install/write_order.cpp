#include "updater/install/write_order.hpp"

namespace updater::install {

void WriteOrder::has_read(std::size_t task) {
    const std::lock_guard lock(mutex_);
    read_[task] = true;
    while (first_unread_ < read_.size() && read_[first_unread_])
        ++first_unread_;
    changed_.notify_all();
}

bool WriteOrder::wait_for_turn(std::size_t task) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return first_unread_ >= task || abandoned_; });
    return !abandoned_;
}

void WriteOrder::abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
}

} // namespace updater::install
