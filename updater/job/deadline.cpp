// The deadline's clock.
#include "updater/job/deadline.hpp"

namespace updater::job {

Deadline::Deadline(std::chrono::milliseconds limit, const StopRequest &job)
    : limit_(limit), stop_(StopRequest::Parent{job}),
      clock_([this](const std::stop_token &given_up) { wait(given_up); }) {}

void Deadline::wait(const std::stop_token &given_up) {
    std::unique_lock lock(mutex_);
    over_.wait_for(lock, given_up, limit_, [] { return false; });
    if (!given_up.stop_requested())
        stop_.ask(StopReason::deadline_passed);
}

} // namespace updater::job
