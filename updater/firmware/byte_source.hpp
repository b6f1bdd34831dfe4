// Where the bytes of a firmware file come from: a file here, or a server. Knows nothing of what they mean.
#pragma once

#include "updater/firmware/byte_range.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace updater::firmware {

/// For one thread; only fetched_bytes() and name() may be called by others meanwhile.
class ByteSource {
  public:
    /// Gets consecutive bytes of a range, in pieces of any size. It may block for as long as it likes: the
    /// source then waits, and a server is made to wait.
    using Sink = std::function<void(std::uint64_t offset_bytes, std::span<const std::byte> bytes)>;

    virtual ~ByteSource() = default;

    /// Delivers the ranges, which are ascending and apart from each other, one after the other, each front to
    /// back and whole. Throws FirmwareDamaged if the source ends before, DownloadFailed if it cannot be
    /// reached, and Cancelled within a second after `stop` asks for it. What the sink throws passes through.
    virtual void read(std::span<const ByteRange> ranges, const Sink &sink, const std::stop_token &stop) = 0;

    /// Bytes of the firmware that were received so far, those that nobody asked for included.
    virtual std::uint64_t fetched_bytes() const = 0;

    /// What came was not what was signed. True if there is another place that the same can be read from,
    /// which is then used from now on; this one no more.
    virtual bool distrust() { return false; }

    /// How it is called in messages: a path, or a URL without its secrets.
    virtual const std::string &name() const = 0;
};

/// One range as a whole, for what is small. Throws as ByteSource::read.
std::string read_all(ByteSource &source, ByteRange range, const std::stop_token &stop = {});

} // namespace updater::firmware
