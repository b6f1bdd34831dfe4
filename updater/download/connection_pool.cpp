// libcurl's multi interface: one thread carries out all transfers.
#include "updater/download/connection_pool.hpp"

#include "updater/download/range_plan.hpp"

#include <algorithm>
#include <new>

namespace updater::download {

ConnectionPool::ConnectionPool(const Connection &connection, std::size_t max_connections)
    : connection_(connection), max_connections_(max_connections), large_connections_(curl::new_connections()),
      multi_(curl::new_multi(max_connections)) {}

ConnectionPool::~ConnectionPool() {
    drop_retired();
}

curl::Easy ConnectionPool::handle_for(RequestKind kind, const std::string &url) {
    const bool small = kind == RequestKind::small_range;
    if (small && !idle_.empty()) {
        curl::Easy handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
    }
    curl::Easy handle(curl_easy_init());
    if (!handle)
        throw std::bad_alloc();
    curl::set_up_https(handle.get(), url, connection_);
    // Large ranges use HTTP/1.1 (range_request.cpp) on connections of their own: while a connection is being
    // made, libcurl 7.88 sends requests for the other HTTP version over it, and mixes up the answers.
    if (!small)
        curl::set(handle.get(), CURLOPT_SHARE, large_connections_.get());
    // libcurl accepts this only for a handle that has not been used.
    curl::set(handle.get(), CURLOPT_BUFFERSIZE,
              static_cast<long>(small ? small_buffer_bytes : large_buffer_bytes));
    return handle;
}

void ConnectionPool::start(RangeRequest &request, const std::string &url) {
    request.prepare();
    curl::set(request.handle(), CURLOPT_URL, url.c_str());
    curl::require(curl_multi_add_handle(multi_.get(), request.handle()));
    request.under_way = true;
}

void ConnectionPool::stop(RangeRequest &request) {
    if (request.under_way)
        curl_multi_remove_handle(multi_.get(), request.handle());
    request.under_way = false;
}

void ConnectionPool::retire(std::unique_ptr<RangeRequest> request) {
    if (request->under_way)
        retired_.push_back(std::move(request));
    else if (request->kind() == RequestKind::small_range)
        idle_.push_back(request->release());
}

void ConnectionPool::drop_retired() {
    for (const auto &request : retired_)
        stop(*request);
    retired_.clear();
}

void ConnectionPool::perform() {
    int running = 0;
    curl::require(curl_multi_perform(multi_.get(), &running));
}

bool ConnectionPool::take_ended(const Ended &ended) {
    bool any = false;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        any = true;
        const CURLcode code = message->data.result;
        char *address = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &address);
        auto &request = *reinterpret_cast<RangeRequest *>(address);
        curl_off_t retry_after = 0;
        curl_easy_getinfo(request.handle(), CURLINFO_RETRY_AFTER, &retry_after);
        stop(request);
        if (!finish_retired(request))
            ended(request, code, std::chrono::seconds(retry_after));
    }
    return any;
}

bool ConnectionPool::finish_retired(const RangeRequest &request) {
    const auto place = std::ranges::find(retired_, &request, &std::unique_ptr<RangeRequest>::get);
    if (place == retired_.end())
        return false;
    std::unique_ptr<RangeRequest> finished = std::move(*place);
    retired_.erase(place);
    retire(std::move(finished));
    return true;
}

void ConnectionPool::wait(std::chrono::milliseconds max_time) const {
    curl::require(curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(max_time.count()), nullptr));
}

void ConnectionPool::wake_up() {
    const std::lock_guard lock(multi_mutex_);
    curl_multi_wakeup(multi_.get());
}

void ConnectionPool::replace_connections() {
    drop_retired();
    curl::Multi fresh = curl::new_multi(max_connections_);
    const std::lock_guard lock(multi_mutex_);
    multi_.swap(fresh);
}

} // namespace updater::download
