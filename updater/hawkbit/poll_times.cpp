#include "updater/hawkbit/poll_times.hpp"

#include <algorithm>

namespace updater::hawkbit {

namespace {

constexpr std::chrono::seconds default_interval = std::chrono::minutes(5);

} // namespace

PollTimes::PollTimes(const PollBounds &bounds, std::chrono::seconds interval, std::uint32_t seed)
    : bounds_(bounds),
      interval_(std::clamp(interval.count() > 0 ? interval : default_interval, bounds.min, bounds.max)),
      random_(seed) {}

void PollTimes::server_says(std::chrono::seconds interval) {
    interval_ = std::clamp(interval, bounds_.min, bounds_.max);
}

std::chrono::milliseconds PollTimes::shortened(std::chrono::milliseconds time) {
    constexpr int part = 10;
    std::uniform_int_distribution<std::int64_t> less(0, time.count() / part);
    return time - std::chrono::milliseconds(less(random_));
}

std::chrono::milliseconds PollTimes::after_answer() {
    failures_ = 0;
    was_soon_ = false;
    return shortened(interval_);
}

std::chrono::milliseconds PollTimes::after_failure(std::chrono::seconds retry_after) {
    constexpr std::chrono::seconds longest_of_short = std::chrono::minutes(15);
    constexpr int max_doublings = 10;
    const std::chrono::seconds doubled = bounds_.min * (1L << std::min(failures_, max_doublings));
    failures_ = std::min(failures_ + 1, max_doublings);
    const auto wait =
        std::clamp(std::min(doubled, std::max(interval_, longest_of_short)), bounds_.min, bounds_.max);
    return std::max<std::chrono::milliseconds>(shortened(wait), std::min(retry_after, bounds_.max));
}

std::chrono::milliseconds PollTimes::after_denial() {
    constexpr std::chrono::seconds slow = std::chrono::hours(1);
    failures_ = 0;
    return shortened(std::clamp(std::max(interval_, slow), bounds_.min, bounds_.max));
}

std::chrono::milliseconds PollTimes::soon() {
    failures_ = 0;
    was_soon_ = !was_soon_;
    return was_soon_ ? shortened(std::min(bounds_.min, std::chrono::seconds(2))) : bounds_.min;
}

} // namespace updater::hawkbit
