// Doing many independent things on several threads. Knows nothing of what they are.
#pragma once

#include <cstddef>
#include <functional>

namespace partitions::base {

/// Calls work(number, thread) for each number below `count`, begun in rising order, on so many threads (1: on
/// the caller's own); `thread` tells them apart, from 0. Once a call throws no further one begins, and when
/// all have ended the first failure is thrown.
void for_each_in_threads(std::size_t count, unsigned threads,
                         const std::function<void(std::size_t number, unsigned thread)> &work);

} // namespace partitions::base
