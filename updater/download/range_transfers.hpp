// Several range requests under way at the same time, delivered in their order. The first of them hands its
// bytes on as they come; those after it keep theirs until it is their turn. Internal to this folder.
#pragma once

#include "updater/download/http_source.hpp"
#include "updater/download/range_plan.hpp"
#include "updater/download/range_request.hpp"
#include "updater/download/retry.hpp"
#include "updater/download/stall_watch.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/pacing/pacer.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace updater::download {

class RangeTransfers : private RangeRequest::Receiver {
  public:
    /// `url` begins with https://.
    RangeTransfers(std::string url, HttpSourceSettings settings);
    ~RangeTransfers() override;
    RangeTransfers(const RangeTransfers &) = delete;
    RangeTransfers &operator=(const RangeTransfers &) = delete;

    /// As ByteSource.
    void read(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink,
              const std::stop_token &stop);
    std::uint64_t fetched_bytes() const { return fetched_bytes_; }
    const std::string &name() const { return name_; }

  private:
    using Clock = std::chrono::steady_clock;
    using Requests = std::deque<std::unique_ptr<RangeRequest>>;

    // What to ask for next.
    void begin_what_may_be_under_way();
    bool may_begin(const firmware::ByteRange &next) const;
    curl::Easy handle_for(RequestKind kind);
    void keep_handle(RangeRequest &request);
    void begin(RangeRequest &request);
    void take_from_curl(RangeRequest &request);
    void drop_requests();

    // One round.
    void step(const std::stop_token &stop);
    void pace(const std::stop_token &stop);
    bool take_results();
    bool take_turns();
    void wait() const;

    // What libcurl brings.
    void check(const RangeRequest &request, const FileIdentity &found) override;
    bool receive(RangeRequest &request, std::span<const std::byte> bytes) override;
    void drop(std::size_t length_bytes) override;
    void learn_shortcut(const RangeRequest &request);
    void deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes);
    void let_server_wait(Clock::time_point since);

    // Trouble.
    void ended(RangeRequest &request, CURLcode code);
    void failed(const TransferResult &result, std::chrono::seconds server_wish);
    void check_stall();
    void renew_connections();
    void fetch_whole_file();
    DownloadFailed failure(DownloadFailure kind, const std::string &text) const;
    DownloadFailed replaced() const;
    firmware::FirmwareDamaged too_short(std::uint64_t length_bytes) const;

    curl::Library library_;
    std::string url_;
    std::string name_;
    std::string server_;
    std::string shortcut_; ///< where the URL's redirects lead to, if there are any
    HttpSourceSettings settings_;
    std::mutex multi_mutex_;        ///< for those who wake it up from another thread
    curl::Share large_connections_; ///< of the handles for large ranges
    curl::Multi multi_;
    std::vector<curl::Easy> idle_; ///< for small ranges
    Requests requests_;            ///< in the order of their turns
    Requests finishing_;           ///< all bytes are here, libcurl is not through with them
    std::vector<firmware::ByteRange> plan_;
    std::size_t next_planned_ = 0;
    std::optional<RangeDelivery> delivery_;

    std::optional<FileIdentity> identity_;
    bool ranges_work_ = false; ///< the server has shown it
    bool whole_file_ = false;  ///< it has shown the opposite
    std::uint64_t dropped_in_a_row_bytes_ = 0;

    std::atomic<std::uint64_t> fetched_bytes_ = 0;
    pacing::Pacer pacer_;
    std::uint64_t paced_bytes_ = 0; ///< of those fetched, what the pacer knows of
    Backoff backoff_;
    std::optional<Clock::time_point> retry_at_; ///< nothing is asked for before
    StallWatch watch_;
    Clock::time_point forgiving_until_; ///< the server may have lost patience with us
    bool forgiven_ = false;
};

} // namespace updater::download
