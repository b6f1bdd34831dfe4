// The threads share one counter.
#include "partitions/base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace partitions::base {

void for_each_in_threads(std::size_t count, unsigned threads,
                         const std::function<void(std::size_t, unsigned)> &work) {
    if (threads <= 1 || count <= 1) {
        for (std::size_t number = 0; number < count; ++number)
            work(number, 0);
        return;
    }
    std::atomic<std::size_t> next = 0;
    std::mutex failing;
    std::exception_ptr failure;
    const auto run = [&](unsigned thread) {
        try {
            for (std::size_t number = next++; number < count; number = next++)
                work(number, thread);
        } catch (...) {
            next = count;
            const std::lock_guard lock(failing);
            if (!failure)
                failure = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (unsigned thread = 1; thread < std::min<std::size_t>(threads, count); ++thread)
            helpers.emplace_back(run, thread);
        run(0);
    }
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace partitions::base
