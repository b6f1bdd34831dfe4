// When a transfer that failed is tried again, and when it is given up. Internal to this folder.
#pragma once

#include "updater/download/curl_failure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace updater::download {

/// Can the same request succeed later? Not if it is about the address, the certificate or this machine.
bool may_pass(const TransferResult &result);

/// One line for the log: what happened to the connection with `server`, after how many bytes, what follows.
std::string retry_line(const std::string &server, const TransferResult &result, std::uint64_t fetched_bytes,
                       std::chrono::milliseconds delay);

/// Waits longer from try to try, as long as nothing arrives.
class Backoff {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// Delays begin with `first` and double up to `most`. Each is shortened by chance, to half at most, so
    /// that many appliances do not come back to a server at the same moment.
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max_delay, std::uint32_t seed);

    /// Something arrived, or a new piece of work begins.
    void progress(Time now);
    /// So long it was not the server that was waited for.
    void not_waited(std::chrono::nanoseconds time);

    /// How long to wait before the next try, `server_wish` (Retry-After) at least. Nothing: that is to be
    /// given up, since more than `give_up` would have passed by then since the last progress.
    std::optional<std::chrono::milliseconds> next(Time now, std::chrono::seconds server_wish,
                                                  std::chrono::seconds give_up);

  private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds max_delay_;
    Time last_progress_{};
    std::chrono::milliseconds delay_;
    std::minstd_rand random_;
};

} // namespace updater::download
