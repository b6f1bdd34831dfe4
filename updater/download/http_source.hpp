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
    /// Between ranges that are not further apart everything is fetched, in one request.
    std::uint64_t gap_bytes = 512;
    /// Requests under way at the same time. Fewer where their memory would come to more than 6 MiB.
    std::size_t requests_at_once = 64;
    /// Connections at the same time, for servers that do not offer HTTP/2.
    std::size_t connections_at_once = 6;
    std::chrono::milliseconds first_retry_delay{1000}; ///< doubled each time, and changed by chance
    std::chrono::milliseconds max_retry_delay{60000};
    /// The connection's give_up_time for a server that has not answered once: its name or address may be
    /// wrong.
    std::chrono::seconds first_contact_time{60};
    /// Gets one line for people about each retry.
    std::function<void(const std::string &line)> report = nullptr;
    /// Less than that during the connection's stall_time is next to nothing, and no progress.
    std::uint64_t min_bytes_per_second = 100;
};

/// What breaks on the way is asked for again from where it broke; no byte is delivered twice. The file must
/// stay the same on the server for as long as this object lives. Memory: 8 MiB at most. The connection's rate
/// is that of all requests together; what it makes a server wait is never taken for a stall.
class HttpSource : public firmware::ByteSource {
  public:
    /// Connects to nothing yet. Throws DownloadFailed (url_not_allowed).
    HttpSource(std::string url, HttpSourceSettings settings);
    ~HttpSource() override;
    HttpSource(const HttpSource &) = delete;
    HttpSource &operator=(const HttpSource &) = delete;

    /// A server that knows no ranges sends the file from the beginning, up to the end of the last range.
    /// Throws FirmwareDamaged if the file is shorter than the ranges; DownloadFailed, after trying again
    /// where that can help; Cancelled.
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    std::uint64_t fetched_bytes() const override;
    const std::string &name() const override;

  private:
    std::unique_ptr<class RangeTransfers> transfers_;
};

} // namespace updater::download
