#include "updater/install/task_fetch.hpp"

#include <algorithm>
#include <utility>

namespace updater::install {

namespace {

/// Leaves source.read() when the queue was abandoned; whoever abandoned it knows the reason.
struct QueueAbandoned {};

} // namespace

TaskFetch::TaskFetch(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks, TaskQueue &queue,
                     std::function<void()> bytes_came)
    : source_(source), tasks_(tasks), queue_(queue), bytes_came_(std::move(bytes_came)) {}

void TaskFetch::run(const std::stop_token &stop) {
    try {
        for (std::size_t begin = 0; begin < tasks_.size();)
            begin = fetch_run(begin, stop);
    } catch (const QueueAbandoned &) {
    }
}

std::size_t TaskFetch::fetch_run(std::size_t begin, const std::stop_token &stop) {
    std::vector<firmware::ByteRange> ranges;
    std::size_t end = begin;
    for (; end < tasks_.size(); ++end) {
        const auto &wanted = tasks_[end].ranges;
        if (!wanted.empty() && !ranges.empty() && wanted.front().offset_bytes < ranges.back().end_bytes())
            break;
        for (const firmware::ByteRange &range : wanted)
            firmware::append(ranges, range);
    }
    next_ = begin;
    end_ = end;
    queue_complete_tasks();
    if (!ranges.empty())
        source_.read(
            ranges, [this](std::uint64_t, std::span<const std::byte> bytes) { take(bytes); }, stop);
    return end;
}

/// Bytes arrive in the order of the tasks' ranges, so counting them is enough to assign them to tasks.
void TaskFetch::take(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t missing = wanted_bytes(filling_.number) - filling_.length_bytes;
        const auto piece = bytes.first(std::min(missing, bytes.size()));
        std::ranges::copy(piece, filling_.buffer.get() + filling_.length_bytes);
        filling_.length_bytes += piece.size();
        bytes = bytes.subspan(piece.size());
        queue_complete_tasks();
    }
    bytes_came_();
}

/// Queues the current task if it is complete, then all tasks that need no bytes, and takes a buffer for the
/// next one.
void TaskFetch::queue_complete_tasks() {
    while (true) {
        if (filling_.buffer) {
            if (filling_.length_bytes < wanted_bytes(filling_.number))
                return;
            queue_.push(std::move(filling_));
            filling_ = {};
        }
        if (next_ == end_)
            return;
        const std::size_t task = next_++;
        auto buffer = queue_.take_buffer(wanted_bytes(task));
        if (!buffer)
            throw QueueAbandoned();
        filling_ = {task, std::move(buffer), 0};
    }
}

std::size_t TaskFetch::wanted_bytes(std::size_t task) const {
    return firmware::total_bytes(tasks_[task].ranges);
}

} // namespace updater::install
