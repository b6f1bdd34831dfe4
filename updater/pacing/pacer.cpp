// Each piece of work takes a position in a sequence of bytes, and passes when the allowance reaches it.
#include "updater/pacing/pacer.hpp"

#include <algorithm>
#include <utility>

namespace updater::pacing {

namespace {

using Seconds = std::chrono::duration<double>;

} // namespace

Pacer::Pacer(std::uint64_t bytes_per_second, Now now)
    : now_(std::move(now)), bytes_per_second_(bytes_per_second), counted_until_(now_()) {}

void Pacer::set_rate(std::uint64_t bytes_per_second) {
    {
        const std::lock_guard lock(mutex_);
        // The old rate applies to the time until now.
        advance();
        bytes_per_second_ = bytes_per_second;
    }
    changed_.notify_all();
}

std::uint64_t Pacer::rate() const {
    const std::lock_guard lock(mutex_);
    return bytes_per_second_;
}

void Pacer::advance() {
    const auto now = now_();
    const auto rate = static_cast<double>(bytes_per_second_);
    if (bytes_per_second_ == 0) {
        allowed_bytes_ = taken_bytes_;
    } else {
        allowed_bytes_ += rate * Seconds(now - counted_until_).count();
        // Idle time does not allow a long burst later.
        allowed_bytes_ = std::min(allowed_bytes_, taken_bytes_ + rate * Seconds(burst).count());
    }
    counted_until_ = now;
}

std::chrono::nanoseconds Pacer::time_for(double bytes) const {
    if (bytes_per_second_ == 0 || bytes <= 0)
        return std::chrono::nanoseconds(0);
    return std::chrono::ceil<std::chrono::nanoseconds>(
        Seconds(bytes / static_cast<double>(bytes_per_second_)));
}

std::chrono::nanoseconds Pacer::take(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    advance();
    taken_bytes_ += static_cast<double>(bytes);
    return time_for(taken_bytes_ - allowed_bytes_);
}

void Pacer::pass(std::uint64_t bytes, const std::stop_token &stop) {
    std::unique_lock lock(mutex_);
    advance();
    taken_bytes_ += static_cast<double>(bytes);
    const double my_place = taken_bytes_;
    while (!stop.stop_requested()) {
        const auto rate = bytes_per_second_;
        const auto wait = time_for(my_place - allowed_bytes_);
        if (wait == std::chrono::nanoseconds(0))
            return;
        changed_.wait_for(lock, stop, wait, [&] { return bytes_per_second_ != rate; });
        advance();
    }
}

} // namespace updater::pacing
