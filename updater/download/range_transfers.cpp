// The order of requests and of deliveries.
#include "updater/download/range_transfers.hpp"

#include "updater/cancelled.hpp"

#include <algorithm>
#include <utility>

namespace updater::download {

namespace {

/// Of requests before their turn. The whole, with the one whose turn it is, stays below 8 MiB.
constexpr std::uint64_t max_memory_bytes = 6UL * 1024 * 1024;
constexpr std::chrono::milliseconds max_wait{500};

} // namespace

RangeTransfers::RangeTransfers(std::string url, HttpSourceSettings settings)
    : url_(std::move(url)), name_(url_to_show(url_)), server_(host_of(url_)), settings_(std::move(settings)),
      pacer_(settings_.connection.max_bytes_per_second),
      backoff_(settings_.first_retry_delay, settings_.max_retry_delay, std::random_device{}()),
      watch_(settings_.min_bytes_per_second *
             static_cast<std::uint64_t>(settings_.connection.stall_time.count())) {
    multi_ = curl::new_multi(settings_.connections_at_once);
    large_connections_ = curl::new_connections();
}

RangeTransfers::~RangeTransfers() {
    drop_requests();
    idle_.clear();
    multi_.reset();
    large_connections_.reset();
}

void RangeTransfers::read(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink,
                          const std::stop_token &stop) {
    plan_ = joined(ranges, settings_.gap_bytes);
    next_planned_ = 0;
    delivery_.emplace(ranges, sink);
    whole_file_ = false;
    retry_at_.reset();
    forgiven_ = false;
    forgiving_until_ = {};
    backoff_.progress(Clock::now());
    const std::stop_callback wake_up(stop, [this] {
        const std::lock_guard lock(multi_mutex_);
        curl_multi_wakeup(multi_.get());
    });
    try {
        if (stop.stop_requested())
            throw Cancelled();
        begin_what_may_be_under_way();
        while (!requests_.empty())
            step(stop);
    } catch (...) {
        drop_requests();
        throw;
    }
}

void RangeTransfers::begin_what_may_be_under_way() {
    if (retry_at_ && Clock::now() < *retry_at_)
        return;
    retry_at_.reset();
    if (std::exchange(forgiven_, false))
        forgiving_until_ = {};
    for (const auto &request : requests_)
        if (!request->under_way && !request->complete()) {
            begin(*request);
            watch_.restart(Clock::now());
        }
    RangeRequest::Receiver &receiver = *this;
    while (next_planned_ < plan_.size() && may_begin(plan_[next_planned_])) {
        const firmware::ByteRange range = plan_[next_planned_++];
        const auto kind = whole_file_       ? RequestKind::whole_file
                          : is_small(range) ? RequestKind::small_range
                                            : RequestKind::large_range;
        if (requests_.empty())
            watch_.restart(Clock::now());
        requests_.push_back(std::make_unique<RangeRequest>(handle_for(kind), range, kind, receiver));
        begin(*requests_.back());
    }
}

bool RangeTransfers::may_begin(const firmware::ByteRange &next) const {
    if (requests_.empty())
        return true;
    // A server without ranges would send the whole file in answer to each.
    if (!ranges_work_ || requests_.size() >= settings_.requests_at_once)
        return false;
    std::uint64_t memory = memory_bytes(next);
    for (const auto &request : requests_)
        memory += &request == &requests_.front() ? 0 : memory_bytes(request->range());
    return memory <= max_memory_bytes;
}

curl::Easy RangeTransfers::handle_for(RequestKind kind) {
    const bool small = kind == RequestKind::small_range;
    if (small && !idle_.empty()) {
        curl::Easy handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
    }
    curl::Easy handle(curl_easy_init());
    if (!handle)
        throw std::bad_alloc();
    curl::set_up_https(handle.get(), url_, settings_.connection);
    // Apart from those over HTTP/2: libcurl 7.88 sends a request over a connection of the other kind while
    // that is still being made, and then takes one answer for another.
    if (!small)
        curl::set(handle.get(), CURLOPT_SHARE, large_connections_.get());
    // libcurl takes this only from a handle that was not used yet.
    curl::set(handle.get(), CURLOPT_BUFFERSIZE,
              static_cast<long>(small ? small_buffer_bytes : large_buffer_bytes));
    return handle;
}

void RangeTransfers::keep_handle(RangeRequest &request) {
    if (request.kind() == RequestKind::small_range)
        idle_.push_back(request.release());
}

void RangeTransfers::begin(RangeRequest &request) {
    request.prepare();
    request.took_shortcut = !shortcut_.empty();
    curl::set(request.handle(), CURLOPT_URL, (request.took_shortcut ? shortcut_ : url_).c_str());
    curl::require(curl_multi_add_handle(multi_.get(), request.handle()));
    request.under_way = true;
}

void RangeTransfers::take_from_curl(RangeRequest &request) {
    if (request.under_way)
        curl_multi_remove_handle(multi_.get(), request.handle());
    request.under_way = false;
}

void RangeTransfers::drop_requests() {
    for (Requests *all : {&requests_, &finishing_}) {
        for (const auto &request : *all)
            take_from_curl(*request);
        all->clear();
    }
}

void RangeTransfers::step(const std::stop_token &stop) {
    if (stop.stop_requested())
        throw Cancelled();
    int running = 0;
    curl::require(curl_multi_perform(multi_.get(), &running));
    pace(stop);
    const bool any_result = take_results();
    const bool any_turn = take_turns();
    begin_what_may_be_under_way();
    if (any_result || any_turn || requests_.empty())
        return;
    check_stall();
    wait();
}

/// libcurl reads from its connections when it is called, and only then: to leave it alone for a while slows
/// all of them down together, those that wait for their turn included.
void RangeTransfers::pace(const std::stop_token &stop) {
    const std::uint64_t fetched = fetched_bytes_;
    if (fetched == paced_bytes_)
        return;
    const auto before = Clock::now();
    pacer_.pass(fetched - std::exchange(paced_bytes_, fetched), stop);
    let_server_wait(before);
}

void RangeTransfers::wait() const {
    auto time = max_wait;
    if (retry_at_)
        time = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*retry_at_ - Clock::now()),
                          std::chrono::milliseconds(0), max_wait);
    curl::require(curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(time.count()), nullptr));
}

bool RangeTransfers::take_results() {
    bool any = false;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        any = true;
        const CURLcode code = message->data.result;
        char *address = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &address);
        ended(*reinterpret_cast<RangeRequest *>(address), code);
    }
    return any;
}

} // namespace updater::download
