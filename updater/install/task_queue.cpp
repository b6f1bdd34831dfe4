#include "updater/install/task_queue.hpp"

#include <utility>

namespace updater::install {

namespace {

constexpr std::size_t max_under_way_bytes = 7UL * 1024 * 1024;

} // namespace

std::unique_ptr<std::byte[]> TaskQueue::take_buffer(std::size_t length_bytes) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] {
            return under_way_bytes_ == 0 || under_way_bytes_ + length_bytes <= max_under_way_bytes ||
                   abandoned_;
        });
        if (abandoned_)
            return nullptr;
        under_way_bytes_ += length_bytes;
    }
    return std::make_unique_for_overwrite<std::byte[]>(length_bytes);
}

void TaskQueue::push(FetchedTask task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_all();
}

void TaskQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

std::optional<FetchedTask> TaskQueue::pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !tasks_.empty() || closed_ || abandoned_; });
    if (abandoned_ || tasks_.empty())
        return std::nullopt;
    FetchedTask task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
}

void TaskQueue::give_back(FetchedTask task) {
    task.buffer.reset();
    const std::lock_guard lock(mutex_);
    under_way_bytes_ -= task.length_bytes;
    changed_.notify_all();
}

void TaskQueue::abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
}

} // namespace updater::install
