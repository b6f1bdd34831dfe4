// The order of range requests: which range is requested next, whose bytes are delivered now, and a buffer for
// bytes that arrive before their turn. Neither sends nor retries anything. Internal to this folder.
#pragma once

#include "updater/download/range_plan.hpp"
#include "updater/download/range_request.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace updater::download {

/// The first request delivers its bytes as they arrive. Those behind it keep theirs until their turn.
class RequestTurns {
  public:
    using Requests = std::deque<std::unique_ptr<RangeRequest>>;

    /// Ranges with at most `max_gap_bytes` between them become one request. At most `max_requests` at the
    /// same time.
    RequestTurns(std::uint64_t max_gap_bytes, std::size_t max_requests)
        : max_gap_bytes_(max_gap_bytes), max_requests_(max_requests) {}

    /// Plans the requests for `ranges`, whose bytes go to `sink`. Both outlive the requests.
    void plan(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink);
    /// What has not been delivered, from the first request to the end of the plan, as one range. There must
    /// be a request.
    firmware::ByteRange undelivered() const;
    /// Replaces the planned requests by one. The bytes still go to the same sink.
    void plan_one_request(const firmware::ByteRange &range);

    /// The next range of the plan, if it may be requested now; only one at a time if `one_by_one`.
    std::optional<firmware::ByteRange> next_range(bool one_by_one);

    /// In the order of their turns.
    const Requests &requests() const { return requests_; }
    bool empty() const { return requests_.empty(); }
    void add(std::unique_ptr<RangeRequest> request) { requests_.push_back(std::move(request)); }
    void clear() { requests_.clear(); }

    bool is_first(const RangeRequest &request) const { return requests_.front().get() == &request; }
    /// Keeps bytes that arrived before the request's turn. False if there is no room for them.
    static bool keep_early(RangeRequest &request, std::span<const std::byte> bytes);
    /// Hands the first request's bytes to the sink. What the sink throws passes through.
    void deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes);
    /// Delivers what the first request has kept.
    void deliver_early();
    /// Removes the first request if it is complete; null otherwise. Then it is the next one's turn.
    std::unique_ptr<RangeRequest> take_complete();

  private:
    bool may_request(const firmware::ByteRange &next, bool one_by_one) const;

    std::uint64_t max_gap_bytes_;
    std::size_t max_requests_;
    Requests requests_;
    std::vector<firmware::ByteRange> plan_;
    std::size_t next_planned_ = 0;
    std::optional<RangeDelivery> delivery_;
};

} // namespace updater::download
