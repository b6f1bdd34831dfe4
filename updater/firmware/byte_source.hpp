// The interface for reading a firmware file, from a local file or a server. Knows nothing of the contents.
#pragma once

#include "updater/firmware/byte_range.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace updater::firmware {

/// For one thread. Other threads may call fetched_bytes() and name() at the same time.
class ByteSource {
  public:
    /// Receives consecutive bytes of a range, in pieces of any size. It may block as long as necessary: the
    /// source waits, and makes its server wait.
    using Sink = std::function<void(std::uint64_t offset_bytes, std::span<const std::byte> bytes)>;

    virtual ~ByteSource() = default;

    /// Delivers the ranges in order, each completely and front to back. They are ascending and do not
    /// overlap. Throws FirmwareDamaged if the file ends too early, DownloadFailed if the server fails, and
    /// Cancelled within a second of a stop request. What the sink throws passes through.
    virtual void read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) = 0;

    /// Bytes of the firmware received so far, including those that were not requested.
    virtual std::uint64_t fetched_bytes() const = 0;

    /// Reports that the delivered bytes are not what was signed. True if the file can be read from elsewhere;
    /// from now on only that other place is used.
    virtual bool distrust() { return false; }

    /// Its name in messages: a path, or a URL without its secrets.
    virtual const std::string &name() const = 0;
};

/// Reads one small range into memory. Throws as ByteSource::read.
std::string read_all(ByteSource &source, ByteRange range, const std::stop_token &stop = {});

} // namespace updater::firmware
