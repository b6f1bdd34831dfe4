// Uses libcurl's multi interface, because a stop request can wake it up.
#include "updater/download/whole_transfer.hpp"

#include "updater/cancelled.hpp"
#include "updater/download/curl_failure.hpp"

#include <algorithm>
#include <new>

namespace updater::download {

using updater::download::curl::require;
using updater::download::curl::set;

WholeTransfer::WholeTransfer(std::string url, Connection connection, const WholeTransferLimits &limits,
                             Sink sink)
    : url_(std::move(url)), connection_(std::move(connection)), limits_(limits), sink_(std::move(sink)),
      easy_(curl_easy_init()), multi_(curl_multi_init()) {
    if (!easy_ || !multi_)
        throw std::bad_alloc();
    require_https(url_);
    set_up();
}

WholeTransfer::~WholeTransfer() {
    if (added_)
        curl_multi_remove_handle(multi_.get(), easy_.get());
}

void WholeTransfer::set_up() {
    CURL *const handle = easy_.get();
    const std::uint64_t max_per_second = connection_.max_bytes_per_second;
    // Our own rate limit must not make the server look too slow.
    const std::uint64_t min_per_second = max_per_second == 0
                                             ? limits_.min_bytes_per_second
                                             : std::min(limits_.min_bytes_per_second, max_per_second / 2);
    curl::set_up_https(handle, url_, connection_);
    curl::set(handle, CURLOPT_ERRORBUFFER, detail_.data());
    curl::set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(connection_.stall_time.count()));
    curl::set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(min_per_second));
    curl::set(handle, CURLOPT_TIMEOUT, static_cast<long>(limits_.max_time.count()));
    curl::set(handle, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(max_per_second));
    curl::set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.max_bytes));
    curl::set(handle, CURLOPT_WRITEFUNCTION, &WholeTransfer::on_bytes);
    curl::set(handle, CURLOPT_WRITEDATA, this);
}

void WholeTransfer::run(const std::stop_token &stop) {
    curl::require(curl_multi_add_handle(multi_.get(), easy_.get()));
    added_ = true;
    const std::stop_callback wake_up(stop, [this] { curl_multi_wakeup(multi_.get()); });
    constexpr std::chrono::milliseconds max_poll_time{500};
    for (int running = 1; running > 0;) {
        if (stop.stop_requested())
            throw Cancelled();
        curl::require(curl_multi_perform(multi_.get(), &running));
        if (thrown_)
            std::rethrow_exception(thrown_);
        if (running > 0)
            curl::require(
                curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(max_poll_time.count()), nullptr));
    }
    check_result();
    if (stop.stop_requested())
        throw Cancelled();
}

std::size_t WholeTransfer::on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept {
    auto &transfer = *static_cast<WholeTransfer *>(self);
    try {
        transfer.take(std::as_bytes(std::span(bytes, length)));
        return length;
    } catch (...) {
        // An exception must not pass through C code: run() rethrows it.
        transfer.thrown_ = std::current_exception();
        return CURL_WRITEFUNC_ERROR;
    }
}

void WholeTransfer::take(std::span<const std::byte> bytes) {
    // libcurl checks only the length that the server announces.
    if (bytes.size() > limits_.max_bytes - done_bytes_)
        throw failure_of(url_, {.code = CURLE_FILESIZE_EXCEEDED}, connection_);
    done_bytes_ += bytes.size();
    sink_(bytes);
}

void WholeTransfer::check_result() {
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(multi_.get(), &left);
    if (!message || message->msg != CURLMSG_DONE)
        throw std::runtime_error("libcurl ended a transfer without a result");
    TransferResult result = result_of(easy_.get(), message->data.result, detail_.data());
    // FAILONERROR accepts any status below 400; only 200 is the file.
    constexpr long http_success = 200;
    if (result.code == CURLE_OK && result.http_status == http_success)
        return;
    // An error page may be longer than the limit for the document.
    constexpr long first_error = 400;
    if (result.code == CURLE_OK ||
        (result.code == CURLE_FILESIZE_EXCEEDED && result.http_status >= first_error))
        result.code = CURLE_HTTP_RETURNED_ERROR;
    throw failure_of(url_, result, connection_);
}

} // namespace updater::download
