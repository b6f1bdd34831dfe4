// Limits work to a rate in bytes per second, so that mail keeps the disk and the processors that it needs.
// Knows nothing of the work.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>

namespace updater::pacing {

/// A token bucket whose rate can be changed at any time. Thread-safe; threads that share it share the rate.
class Pacer {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Now = std::function<Time()>;

    /// At most this much unused time is made up for later.
    static constexpr std::chrono::milliseconds burst{250};

    /// 0 bytes per second: no limit.
    explicit Pacer(std::uint64_t bytes_per_second, Now now = std::chrono::steady_clock::now);

    /// Takes effect at once, also for waiting threads.
    void set_rate(std::uint64_t bytes_per_second);
    std::uint64_t rate() const;

    /// Waits until the rate allows this many more bytes, or until a stop request.
    void pass(std::uint64_t bytes, const std::stop_token &stop);

    /// As pass() without waiting: counts the bytes and returns how long they have to wait at the present
    /// rate.
    std::chrono::nanoseconds take(std::uint64_t bytes);

  private:
    void advance();
    std::chrono::nanoseconds time_for(double bytes) const;

    const Now now_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t bytes_per_second_;
    Time counted_until_;
    double allowed_bytes_ = 0; ///< since the beginning, by the rates in force
    double taken_bytes_ = 0;   ///< since the beginning
};

} // namespace updater::pacing
