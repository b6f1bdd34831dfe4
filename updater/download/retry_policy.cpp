#include "updater/download/retry_policy.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace updater::download {

RetryPolicy::RetryPolicy(std::string server, const HttpSourceSettings &settings)
    : server_(std::move(server)), settings_(settings),
      backoff_(settings.first_retry_delay, settings.max_retry_delay, std::random_device{}()),
      watch_(settings.min_bytes_per_second *
             static_cast<std::uint64_t>(settings.connection.stall_time.count())) {}

void RetryPolicy::begin(Time now) {
    retry_at_.reset();
    forgiven_ = false;
    forgiving_until_ = {};
    backoff_.progress(now);
}

bool RetryPolicy::may_request(Time now) {
    if (retry_at_ && now < *retry_at_)
        return false;
    retry_at_.reset();
    if (std::exchange(forgiven_, false))
        forgiving_until_ = {};
    return true;
}

void RetryPolicy::received(std::uint64_t bytes, Time now) {
    if (watch_.received(bytes, now))
        backoff_.progress(now);
}

void RetryPolicy::server_had_to_wait(Time since, Time until) {
    constexpr std::chrono::seconds noticeable{1};
    watch_.not_waited(until - since);
    backoff_.not_waited(until - since);
    if (until - since > noticeable)
        forgiving_until_ = until + noticeable;
}

std::optional<TransferResult> RetryPolicy::stall(bool connected, Time now) const {
    const auto limit = connected ? settings_.connection.stall_time : settings_.connection.connect_time;
    if (retry_at_ || watch_.waiting(now) <= limit)
        return std::nullopt;
    return TransferResult{.code = CURLE_OPERATION_TIMEDOUT,
                          .http_status = 0,
                          .proxy_status = 0,
                          .detail = "almost nothing came for " + std::to_string(limit.count()) + " s",
                          .redirection = {}};
}

bool RetryPolicy::retry(const TransferResult &result, std::chrono::seconds retry_after, bool answered,
                        std::uint64_t fetched_bytes, Time now) {
    if (retry_at_)
        return true;
    if (now < forgiving_until_ && result.code != CURLE_HTTP_RETURNED_ERROR) {
        forgiven_ = true; // the next may_request() retries at once
        return true;
    }
    const bool unknown_server = !answered && result.http_status == 0;
    const auto delay = backoff_.next(
        now, retry_after, unknown_server ? settings_.first_contact_time : settings_.connection.give_up_time);
    if (!delay)
        return false;
    retry_at_ = now + *delay;
    if (settings_.report)
        settings_.report(retry_line(server_, result, fetched_bytes, *delay));
    return true;
}

std::chrono::milliseconds RetryPolicy::time_to_retry(Time now, std::chrono::milliseconds max_time) const {
    if (!retry_at_)
        return max_time;
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*retry_at_ - now),
                      std::chrono::milliseconds(0), max_time);
}

} // namespace updater::download
