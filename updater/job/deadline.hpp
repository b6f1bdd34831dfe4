// The time that a system on trial has to prove itself. Asks to stop when it is over; decides nothing about
// what follows from that.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace updater::job {

class Deadline {
  public:
    /// Counts from now on. `stop` is passed on: who asks for it asks the deadline's token as well.
    Deadline(std::chrono::milliseconds limit, std::stop_token stop);
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    /// Asked to stop when the time is over, or when `stop` was.
    std::stop_token token() const { return source_.get_token(); }
    /// The time is over.
    bool passed() const { return passed_; }
    std::chrono::milliseconds limit() const { return limit_; }

  private:
    void wait(const std::stop_token &given_up);

    std::chrono::milliseconds limit_;
    std::stop_source source_;
    std::atomic<bool> passed_ = false;
    std::mutex mutex_;
    std::condition_variable_any over_;
    std::stop_callback<std::function<void()>> pass_on_;
    std::jthread clock_; ///< last, so that it ends before what it uses
};

} // namespace updater::job
