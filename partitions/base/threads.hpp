// Runs many independent pieces of work on several threads. Does not know what they do.
#pragma once

#include <cstddef>
#include <functional>

namespace partitions::base {

/// Calls work(number, thread) for each number below `count`, started in ascending order, on `threads` threads
/// (1: the caller's own); `thread` is the thread's index. After a call throws no further call starts; when
/// all have ended, the first exception is rethrown.
void for_each_in_threads(std::size_t count, unsigned threads,
                         const std::function<void(std::size_t number, unsigned thread)> &work);

} // namespace partitions::base
