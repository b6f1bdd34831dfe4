// The time that a system on trial has to prove itself. Asks to stop when it is over; decides nothing about
// what follows from that.
#pragma once

#include "updater/job/stop_request.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace updater::job {

class Deadline {
  public:
    /// Counts from now on. `job` outlives this object.
    Deadline(std::chrono::milliseconds limit, const StopRequest &job);
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    /// Asked when the time is over, or when the job is asked to stop.
    const StopRequest &stop() const { return stop_; }
    std::chrono::milliseconds limit() const { return limit_; }

  private:
    void wait(const std::stop_token &given_up);

    std::chrono::milliseconds limit_;
    StopRequest stop_;
    std::mutex mutex_;
    std::condition_variable_any over_;
    std::jthread clock_; ///< last, so that it ends before what it uses
};

} // namespace updater::job
