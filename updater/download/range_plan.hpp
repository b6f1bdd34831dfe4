// Plans which ranges are requested, and passes on only the bytes that were wanted. Internal to this folder;
// no network.
#pragma once

#include "updater/firmware/byte_source.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace updater::download {

/// Size of libcurl's receive buffer for a small and for a large range. There may be many small ones. For
/// large ones it is the maximum that libcurl allows.
constexpr std::uint32_t small_buffer_bytes = 32 * 1024;
constexpr std::uint32_t large_buffer_bytes = 512 * 1024;

/// The ranges to request for `ranges`, which are ascending and do not overlap. Ranges with at most
/// `gap_bytes` between them become one, the gap included. Empty ranges are left out.
std::vector<firmware::ByteRange> joined(std::span<const firmware::ByteRange> ranges, std::uint64_t gap_bytes);

/// Small ranges share a connection, and each can be buffered as a whole until its turn. A large one has its
/// own connection, which is paused instead.
bool is_small(const firmware::ByteRange &range);
/// How many of its bytes are buffered at most before its turn.
std::uint64_t max_early_bytes(const firmware::ByteRange &range);
/// Memory that a request for the range needs before its turn, libcurl's own buffers included.
std::uint64_t memory_bytes(const firmware::ByteRange &range);

/// Passes bytes that belong to the ranges on to a sink, and drops those between the ranges.
class RangeDelivery {
  public:
    /// Both outlive this object.
    RangeDelivery(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink)
        : cursor_(ranges), sink_(sink) {}

    /// Offsets ascend from call to call. What the sink throws passes through.
    void deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

  private:
    firmware::RangeCursor cursor_;
    const firmware::ByteSource::Sink &sink_;
};

} // namespace updater::download
