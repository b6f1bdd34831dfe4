#include "updater/install/task_outcomes.hpp"

#include <algorithm>
#include <utility>

namespace updater::install {

void TaskOutcomes::written(std::size_t task) {
    const std::lock_guard lock(mutex_);
    written_[task] = true;
    ++written_count_;
}

bool TaskOutcomes::not_made(const std::string &reason) {
    const std::lock_guard lock(mutex_);
    ++not_made_count_;
    if (reason_.empty())
        reason_ = reason;
    if (not_made_count_ >= limits_.max ||
        (written_count_ == 0 && not_made_count_ >= limits_.max_without_success))
        given_up_ = true;
    return given_up_;
}

bool TaskOutcomes::failed(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (given_up_)
        return false;
    if (!failure_)
        failure_ = std::move(failure);
    return true;
}

ChunkNumbers TaskOutcomes::chunks_not_written(const std::vector<ChunkTask> &tasks) const {
    if (failure_)
        std::rethrow_exception(failure_);
    ChunkNumbers chunks;
    for (std::size_t task = 0; task < tasks.size(); ++task)
        if (!written_[task])
            chunks.push_back(tasks[task].chunk);
    std::ranges::sort(chunks);
    return chunks;
}

} // namespace updater::install
