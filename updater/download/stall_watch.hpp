// Detects that a server sends almost nothing. Internal to this folder; no network, no clock of its own.
#pragma once

#include <chrono>
#include <cstdint>

namespace updater::download {

/// A byte now and then is no progress; a minimum number of bytes is.
class StallWatch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// So many bytes count as progress.
    explicit StallWatch(std::uint64_t enough_bytes) : enough_bytes_(enough_bytes) {}

    /// Starts to wait now.
    void restart(Time now) {
        since_ = now;
        bytes_ = 0;
    }
    /// True if that makes enough bytes for progress; the wait then starts again.
    bool received(std::uint64_t bytes, Time now) {
        bytes_ += bytes;
        if (bytes_ < enough_bytes_)
            return false;
        restart(now);
        return true;
    }
    /// Excludes time in which we did not wait for the server.
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
