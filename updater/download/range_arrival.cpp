// RangeTransfers, when bytes arrive: which file they are of, whose turn it is.
#include "updater/download/range_transfers.hpp"

namespace updater::download {

bool RangeTransfers::take_turns() {
    bool any = false;
    while (!requests_.empty() && requests_.front()->complete()) {
        if (requests_.front()->under_way)
            finishing_.push_back(std::move(requests_.front()));
        else
            keep_handle(*requests_.front());
        requests_.pop_front();
        any = true;
        if (requests_.empty())
            break;
        RangeRequest &first = *requests_.front();
        if (!first.early.empty()) {
            const std::vector<std::byte> early = std::move(first.early);
            first.early = {};
            deliver(first.next() - early.size(), early);
        }
        first.resume();
    }
    return any;
}

void RangeTransfers::check(const RangeRequest &request, const FileIdentity &found) {
    if (!identity_)
        identity_ = found;
    if (identity_->tag != found.tag ||
        (identity_->length_bytes && found.length_bytes && identity_->length_bytes != found.length_bytes))
        throw replaced();
    if (found.length_bytes && *found.length_bytes < request.range().end_bytes())
        throw too_short(*found.length_bytes);
    learn_shortcut(request);
    ranges_work_ = ranges_work_ || request.kind() != RequestKind::whole_file;
}

/// Otherwise each request would be two.
void RangeTransfers::learn_shortcut(const RangeRequest &request) {
    long redirects = 0;
    curl_easy_getinfo(request.handle(), CURLINFO_REDIRECT_COUNT, &redirects);
    const char *effective = nullptr;
    curl_easy_getinfo(request.handle(), CURLINFO_EFFECTIVE_URL, &effective);
    // A user name belongs to the first server only, and libcurl sees to that.
    if (redirects > 0 && effective && url_.find('@') == std::string::npos)
        shortcut_ = effective;
}

bool RangeTransfers::receive(RangeRequest &request, std::span<const std::byte> bytes) {
    const bool first = &request == requests_.front().get();
    if (!first) {
        const std::uint64_t max = max_early_bytes(request.range());
        if (request.early.size() + bytes.size() > max)
            return false;
        request.early.reserve(max);
        request.early.insert(request.early.end(), bytes.begin(), bytes.end());
    }
    fetched_bytes_ += bytes.size();
    dropped_in_a_row_bytes_ = 0;
    const auto now = Clock::now();
    if (watch_.received(bytes.size(), now))
        backoff_.progress(now);
    if (first)
        deliver(request.next(), bytes);
    return true;
}

void RangeTransfers::drop(std::size_t length_bytes) {
    fetched_bytes_ += length_bytes;
    dropped_in_a_row_bytes_ += length_bytes;
    watch_.received(length_bytes, Clock::now());
}

void RangeTransfers::deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    const auto before = Clock::now();
    delivery_->deliver(offset_bytes, bytes);
    let_server_wait(before);
}

void RangeTransfers::let_server_wait(Clock::time_point since) {
    constexpr std::chrono::seconds noticeable{1};
    const auto now = Clock::now();
    watch_.not_waited(now - since);
    backoff_.not_waited(now - since);
    if (now - since > noticeable)
        forgiving_until_ = now + noticeable;
}

} // namespace updater::download
