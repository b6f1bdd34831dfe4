// Which failures are worth a retry, and how long to wait before it. Internal to this folder.
#pragma once

#include "updater/download/curl_failure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

namespace updater::download {

/// Whether the same request may succeed later. Not if the cause is the URL, the certificate or this machine.
bool may_pass(const TransferResult &result);

/// One line for the log: what happened to the connection to `server`, after how many bytes, and when the next
/// try is.
std::string retry_line(const std::string &server, const TransferResult &result, std::uint64_t fetched_bytes,
                       std::chrono::milliseconds delay);

/// Exponential backoff with jitter: longer delays from retry to retry as long as there is no progress.
class Backoff {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// Delays begin with `first` and double up to `max_delay`. Each is randomly shortened, to half at most,
    /// so that many appliances do not return to a server at the same moment.
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max_delay, std::uint32_t seed);

    /// Something arrived, or a new read begins.
    void progress(Time now);
    /// Excludes time in which we did not wait for the server.
    void not_waited(std::chrono::nanoseconds time);

    /// How long to wait before the next try; at least `retry_after`, which the server asked for. Nothing:
    /// give up, because by then more than `give_up` would have passed since the last progress.
    std::optional<std::chrono::milliseconds> next(Time now, std::chrono::seconds retry_after,
                                                  std::chrono::seconds give_up);

  private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds max_delay_;
    Time last_progress_{};
    std::chrono::milliseconds delay_;
    std::minstd_rand random_;
};

} // namespace updater::download
