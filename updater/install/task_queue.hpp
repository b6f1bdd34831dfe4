// Carries fetched tasks from the thread that fetches to the workers, and bounds the memory that they take.
// Does not know what is made of them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace updater::install {

/// A task with the bytes of all its ranges, one after the other.
struct FetchedTask {
    std::size_t number = 0; ///< in the list of tasks
    std::unique_ptr<std::byte[]> buffer;
    std::size_t length_bytes = 0;

    std::span<const std::byte> bytes() const { return {buffer.get(), length_bytes}; }
};

/// Thread-safe. A buffer counts from take_buffer() until give_back(): while all of them together are at their
/// bound, fetching waits, and so does the server.
class TaskQueue {
  public:
    /// Waits until there is room for a buffer of this length. A buffer larger than the bound waits until it
    /// is the only one. Null when the queue was abandoned.
    std::unique_ptr<std::byte[]> take_buffer(std::size_t length_bytes);
    void push(FetchedTask task);
    /// Nothing will be pushed any more.
    void close();

    /// Waits for the next task, in the order in which they were pushed. None when the queue is closed and
    /// empty, or was abandoned.
    std::optional<FetchedTask> pop();
    void give_back(FetchedTask task);

    /// Nobody waits from here on; what is in the queue stays there.
    void abandon();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<FetchedTask> tasks_;
    std::size_t under_way_bytes_ = 0; ///< of all buffers that were taken and not given back
    bool closed_ = false;
    bool abandoned_ = false;
};

} // namespace updater::install
