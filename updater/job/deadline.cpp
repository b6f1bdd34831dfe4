// The deadline's clock.
#include "updater/job/deadline.hpp"

#include <utility>

namespace updater::job {

Deadline::Deadline(std::chrono::milliseconds limit, std::stop_token stop)
    : limit_(limit), pass_on_(std::move(stop), [this] { source_.request_stop(); }),
      clock_([this](const std::stop_token &given_up) { wait(given_up); }) {}

void Deadline::wait(const std::stop_token &given_up) {
    std::unique_lock lock(mutex_);
    over_.wait_for(lock, given_up, limit_, [] { return false; });
    if (given_up.stop_requested())
        return;
    // In this order: whoever sees the request must find the reason for it.
    passed_ = true;
    source_.request_stop();
}

} // namespace updater::job
