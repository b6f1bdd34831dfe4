// Reads ranges of a file with several requests at the same time: the loop that connects the connection pool,
// the order of requests and the retry policy. Internal to this folder.
#pragma once

#include "updater/download/connection_pool.hpp"
#include "updater/download/http_source.hpp"
#include "updater/download/request_turns.hpp"
#include "updater/download/retry_policy.hpp"
#include "updater/download/served_file.hpp"
#include "updater/pacing/pacer.hpp"

#include <atomic>

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
    const std::string &name() const { return file_.name(); }

  private:
    using Clock = std::chrono::steady_clock;

    void step(const std::stop_token &stop);
    void start_requests();
    void start(RangeRequest &request);
    RequestKind kind_for(const firmware::ByteRange &range) const;
    void pace(const std::stop_token &stop);
    bool take_turns();

    // As RangeRequest::Receiver.
    void check(const RangeRequest &request, const FileIdentity &found) override;
    bool receive(RangeRequest &request, std::span<const std::byte> bytes) override;
    void drop(std::size_t length_bytes) override;

    void ended(RangeRequest &request, CURLcode code, std::chrono::seconds retry_after);
    void failed(const TransferResult &result, std::chrono::seconds retry_after);
    void check_stall();
    void request_whole_file();
    void stop_requests();

    const HttpSourceSettings settings_;
    ServedFile file_;
    ConnectionPool pool_;
    RequestTurns turns_;
    RetryPolicy retry_;
    pacing::Pacer pacer_;
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
    std::uint64_t paced_bytes_ = 0;            ///< of those fetched, what the pacer knows of
    std::uint64_t dropped_in_a_row_bytes_ = 0; ///< since the last wanted byte
};

} // namespace updater::download
