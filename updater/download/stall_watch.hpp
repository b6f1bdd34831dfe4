// Whether a server sends next to nothing. Internal to this folder; no network, no clock of its own.
#pragma once

#include <chrono>
#include <cstdint>

namespace updater::download {

/// A byte now and then is no progress: only so many in a row within a time are.
class StallWatch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// Progress is `enough_bytes` or more.
    explicit StallWatch(std::uint64_t enough_bytes) : enough_bytes_(enough_bytes) {}

    /// From now on something is waited for.
    void restart(Time now) {
        since_ = now;
        bytes_ = 0;
    }
    /// True if that is progress; then the waiting begins anew.
    bool received(std::uint64_t bytes, Time now) {
        bytes_ += bytes;
        if (bytes_ < enough_bytes_)
            return false;
        restart(now);
        return true;
    }
    /// So long it was not the server that was waited for.
    void not_waited(std::chrono::nanoseconds time) {
        since_ += std::chrono::duration_cast<Time::duration>(time);
    }
    /// How long there has been no progress.
    std::chrono::nanoseconds waiting(Time now) const { return now - since_; }

  private:
    std::uint64_t enough_bytes_;
    std::uint64_t bytes_ = 0;
    Time since_{};
};

} // namespace updater::download
