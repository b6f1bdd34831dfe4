// Transient failures and the delays between tries.
#include "updater/download/retry.hpp"

#include "updater/text/byte_amount.hpp"

#include <algorithm>

namespace updater::download {

namespace {

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
    // For a proxy's refusal the code differs between releases of libcurl.
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
    case CURLE_SSL_CONNECT_ERROR: // for example when the connection is lost during the handshake
        return true;
    default:
        return false;
    }
}

std::string retry_line(const std::string &server, const TransferResult &result, std::uint64_t fetched_bytes,
                       std::chrono::milliseconds delay) {
    const std::string after = " after " + text::bytes_text(fetched_bytes);
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

std::optional<std::chrono::milliseconds> Backoff::next(Time now, std::chrono::seconds retry_after,
                                                       std::chrono::seconds give_up) {
    const auto full = std::min(delay_, max_delay_);
    delay_ = std::min(delay_ * 2, max_delay_);
    const std::chrono::milliseconds with_jitter(
        std::uniform_int_distribution<std::int64_t>(full.count() / 2, full.count())(random_));
    const auto left = std::chrono::floor<std::chrono::milliseconds>(last_progress_ + give_up - now);
    // Compared in seconds: the server may ask for a time that does not fit into milliseconds.
    if (retry_after > std::chrono::floor<std::chrono::seconds>(left) || with_jitter > left)
        return std::nullopt;
    return std::max<std::chrono::milliseconds>(with_jitter, retry_after);
}

} // namespace updater::download
