#include "updater/agent/time_limit.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace updater::agent {

void within(std::chrono::milliseconds limit, const std::function<void(const std::stop_token &)> &work) {
    std::stop_source out_of_time;
    std::mutex mutex;
    std::condition_variable_any ended;
    const std::jthread watch([&](const std::stop_token &work_has_ended) {
        std::unique_lock lock(mutex);
        ended.wait_for(lock, work_has_ended, limit, [] { return false; });
        out_of_time.request_stop();
    });
    work(out_of_time.get_token());
}

} // namespace updater::agent
