// Fetches what the tasks need and queues each task as soon as its bytes are complete. Does not look at the
// bytes.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/install/task_queue.hpp"
#include "updater/install/work_list.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace updater::install {

/// For one thread. All references outlive it.
class TaskFetch {
  public:
    /// `bytes_came` is called for each piece that arrives.
    TaskFetch(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks, TaskQueue &queue,
              std::function<void()> bytes_came);

    /// Queues all tasks in their order. Consecutive tasks whose ranges ascend are fetched with one call of
    /// source.read(). Returns early when the queue is abandoned. Throws what source.read() throws.
    void run(const std::stop_token &stop);

  private:
    /// Fetches the tasks from `begin` on as long as their ranges ascend. Returns where the next run begins.
    std::size_t fetch_run(std::size_t begin, const std::stop_token &stop);
    void take(std::span<const std::byte> bytes);
    void queue_complete_tasks();
    std::size_t wanted_bytes(std::size_t task) const;

    firmware::ByteSource &source_;
    const std::vector<ChunkTask> &tasks_;
    TaskQueue &queue_;
    std::function<void()> bytes_came_;
    FetchedTask filling_;  ///< without a buffer: none
    std::size_t next_ = 0; ///< the first task of this run that has no buffer yet
    std::size_t end_ = 0;  ///< of this run
};

} // namespace updater::install
