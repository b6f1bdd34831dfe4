// When a failed or stalled transfer is retried, and when it is given up. No network, no clock of its own.
// Internal to this folder.
#pragma once

#include "updater/download/http_source.hpp"
#include "updater/download/retry.hpp"
#include "updater/download/stall_watch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace updater::download {

/// For all requests to one server together: what fails together is retried together.
class RetryPolicy {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// `server`: its name for messages. `settings` outlive this object.
    RetryPolicy(std::string server, const HttpSourceSettings &settings);

    /// A read begins: what happened before it no longer matters.
    void begin(Time now);
    /// False before the time of the next retry.
    bool may_request(Time now);
    /// From now on the server is expected to send something.
    void waiting_begins(Time now) { watch_.restart(now); }

    /// Bytes arrived that were wanted.
    void received(std::uint64_t bytes, Time now);
    /// Bytes arrived that were not wanted. They show that the server is alive, but are no progress.
    void dropped(std::uint64_t bytes, Time now) { watch_.received(bytes, now); }
    /// In that time we did not read from the server: it counts neither as a stall nor as lack of progress.
    void server_had_to_wait(Time since, Time until);

    /// The failure to report if the server has sent next to nothing for too long. `connected`: false while a
    /// connection is still being made.
    std::optional<TransferResult> stall(bool connected, Time now) const;

    /// Decides about a transfer that failed with a cause that may pass, and reports the retry. False: too
    /// long without progress, so give up. `answered`: the server has answered before.
    bool retry(const TransferResult &result, std::chrono::seconds retry_after, bool answered,
               std::uint64_t fetched_bytes, Time now);
    /// The time until the next retry, at most `max_time`.
    std::chrono::milliseconds time_to_retry(Time now, std::chrono::milliseconds max_time) const;

  private:
    std::string server_;
    const HttpSourceSettings &settings_;
    Backoff backoff_;
    StallWatch watch_;
    std::optional<Time> retry_at_; ///< no request is sent before
    Time forgiving_until_{};       ///< until then a lost connection may be our fault: we made the server wait
    bool forgiven_ = false;        ///< a connection was lost in that time
};

} // namespace updater::download
