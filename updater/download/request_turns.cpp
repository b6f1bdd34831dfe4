// Requests are taken from the plan front to back, so their order is that of the ranges.
#include "updater/download/request_turns.hpp"

#include <utility>

namespace updater::download {

namespace {

/// For requests before their turn. Together with the request whose turn it is, less than 8 MiB.
constexpr std::uint64_t max_memory_bytes = 6UL * 1024 * 1024;

} // namespace

void RequestTurns::plan(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink) {
    plan_ = joined(ranges, max_gap_bytes_);
    next_planned_ = 0;
    delivery_.emplace(ranges, sink);
}

firmware::ByteRange RequestTurns::undelivered() const {
    const RangeRequest &first = *requests_.front();
    return firmware::ByteRange::between(first.next() - first.early.size(), plan_.back().end_bytes());
}

void RequestTurns::plan_one_request(const firmware::ByteRange &range) {
    plan_ = {range};
    next_planned_ = 0;
}

std::optional<firmware::ByteRange> RequestTurns::next_range(bool one_by_one) {
    if (next_planned_ == plan_.size() || !may_request(plan_[next_planned_], one_by_one))
        return std::nullopt;
    return plan_[next_planned_++];
}

bool RequestTurns::may_request(const firmware::ByteRange &next, bool one_by_one) const {
    if (requests_.empty())
        return true;
    if (one_by_one || requests_.size() >= max_requests_)
        return false;
    std::uint64_t memory = memory_bytes(next);
    for (const auto &request : requests_)
        memory += is_first(*request) ? 0 : memory_bytes(request->range());
    return memory <= max_memory_bytes;
}

bool RequestTurns::keep_early(RangeRequest &request, std::span<const std::byte> bytes) {
    const std::uint64_t max = max_early_bytes(request.range());
    if (request.early.size() + bytes.size() > max)
        return false;
    request.early.reserve(max);
    request.early.insert(request.early.end(), bytes.begin(), bytes.end());
    return true;
}

void RequestTurns::deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    delivery_->deliver(offset_bytes, bytes);
}

void RequestTurns::deliver_early() {
    RangeRequest &first = *requests_.front();
    if (first.early.empty())
        return;
    const std::vector<std::byte> early = std::exchange(first.early, {});
    deliver(first.next() - early.size(), early);
}

std::unique_ptr<RangeRequest> RequestTurns::take_complete() {
    if (requests_.empty() || !requests_.front()->complete())
        return nullptr;
    std::unique_ptr<RangeRequest> complete = std::move(requests_.front());
    requests_.pop_front();
    return complete;
}

} // namespace updater::download
