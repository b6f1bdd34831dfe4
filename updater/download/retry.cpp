// Exponential backoff with jitter.
#include "updater/download/retry.hpp"

#include <algorithm>

namespace updater::download {

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

bool status_may_pass(long status) {
    constexpr long request_timeout = 408;
    constexpr long too_many_requests = 429;
    constexpr long first_server_error = 500;
    return status == request_timeout || status == too_many_requests || status >= first_server_error;
}

std::string happened(const std::string &server, const TransferResult &result, const std::string &after) {
    switch (result.code) {
    case CURLE_HTTP_RETURNED_ERROR:
        return server + " answered with status " + std::to_string(result.http_status) + after;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
        return "no connection to " + server + after + " (" + result.detail + ")";
    default:
        return "connection to " + server + " lost" + after + " (" + result.detail + ")";
    }
}

} // namespace

bool may_pass(const TransferResult &result) {
    constexpr long first_error = 300;
    // What the proxy said has another code from release to release of libcurl.
    if (result.proxy_status >= first_error)
        return status_may_pass(result.proxy_status);
    switch (result.code) {
    case CURLE_HTTP_RETURNED_ERROR:
        return status_may_pass(result.http_status);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR: // a connection that is cut in the middle of the handshake, among others
        return true;
    default:
        return false;
    }
}

std::string retry_line(const std::string &server, const TransferResult &result, std::uint64_t fetched_bytes,
                       std::chrono::milliseconds delay) {
    const std::string after = " after " + std::to_string(fetched_bytes / mib) + " MiB";
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(delay);
    return happened(server, result, after) + "; trying again in " + std::to_string(seconds.count()) + " s";
}

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds max_delay, std::uint32_t seed)
    : first_(first), max_delay_(max_delay), delay_(first), random_(seed) {}

void Backoff::progress(Time now) {
    last_progress_ = now;
    delay_ = first_;
}

void Backoff::not_waited(std::chrono::nanoseconds time) {
    last_progress_ += std::chrono::duration_cast<Time::duration>(time);
}

std::optional<std::chrono::milliseconds> Backoff::next(Time now, std::chrono::seconds server_wish,
                                                       std::chrono::seconds give_up) {
    const auto full = std::min(delay_, max_delay_);
    delay_ = std::min(delay_ * 2, max_delay_);
    const std::chrono::milliseconds by_chance(
        std::uniform_int_distribution<std::int64_t>(full.count() / 2, full.count())(random_));
    const auto left = std::chrono::floor<std::chrono::milliseconds>(last_progress_ + give_up - now);
    // Compared as seconds: a server may wish for a time that does not fit into milliseconds.
    if (server_wish > std::chrono::floor<std::chrono::seconds>(left) || by_chance > left)
        return std::nullopt;
    return std::max<std::chrono::milliseconds>(by_chance, server_wish);
}

} // namespace updater::download
