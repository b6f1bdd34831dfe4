// A firmware file on a server, as a source of bytes: libcurl, https only, range requests (RFC 9110, section
// 14). Does not look at what it fetches.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"
#include "updater/firmware/byte_source.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace updater::download {

struct HttpSourceSettings {
    Connection connection;
    /// Ranges with at most this gap between them are fetched in one request, the gap included.
    std::uint64_t gap_bytes = 512;
    /// Requests at the same time. Fewer if they would need more than 6 MiB of memory.
    std::size_t requests_at_once = 64;
    /// Connections at the same time. Servers with HTTP/2 need few, because small ranges share one.
    std::size_t connections_at_once = 6;
    std::chrono::milliseconds first_retry_delay{1000}; ///< doubled for each retry, with jitter
    std::chrono::milliseconds max_retry_delay{60000};
    /// Replaces the connection's give_up_time until the server answers for the first time: its name or
    /// address may be wrong.
    std::chrono::seconds first_contact_time{60};
    /// Called with one line for people for each retry.
    std::function<void(const std::string &line)> report = nullptr;
    /// A lower average during the connection's stall_time counts as a stall.
    std::uint64_t min_bytes_per_second = 100;
};

/// Retries a lost request from the byte where it broke off; no byte is delivered twice. The file must stay
/// the same on the server as long as this object lives. Memory: 8 MiB at most. The connection's rate limit
/// applies to all requests together; waiting because of it is never taken for a stall.
class HttpSource : public firmware::ByteSource {
  public:
    /// Connects to nothing yet. Throws DownloadFailed (url_not_allowed).
    HttpSource(std::string url, HttpSourceSettings settings);
    ~HttpSource() override;
    HttpSource(const HttpSource &) = delete;
    HttpSource &operator=(const HttpSource &) = delete;

    /// A server without support for ranges sends the file from its beginning to the end of the last range.
    /// Throws FirmwareDamaged if the file ends before the last range does; DownloadFailed, after retries
    /// where they can help; Cancelled.
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    std::uint64_t fetched_bytes() const override;
    const std::string &name() const override;

  private:
    std::unique_ptr<class RangeTransfers> transfers_;
};

} // namespace updater::download
