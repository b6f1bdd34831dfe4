// Which bytes are asked for, and which of those that come were wanted. Internal to this folder; no network.
#pragma once

#include "updater/firmware/byte_source.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace updater::download {

/// What libcurl reads at once at most, for a small and for a large range; it allows no more than that. There
/// are many small ones.
constexpr std::uint32_t small_buffer_bytes = 32 * 1024;
constexpr std::uint32_t large_buffer_bytes = 512 * 1024;

/// What to ask a server for to get `ranges` (ascending, apart from each other; empty ones are left out):
/// those with at most `gap_bytes` between them become one, the gap included.
std::vector<firmware::ByteRange> joined(std::span<const firmware::ByteRange> ranges, std::uint64_t gap_bytes);

/// Small ranges share a connection, and each can be kept as a whole until its turn; a large one has its own,
/// which is made to wait.
bool is_small(const firmware::ByteRange &range);
/// How much of it is kept before its turn at most.
std::uint64_t max_early_bytes(const firmware::ByteRange &range);
/// What `next` may take of the memory when it comes before its turn, libcurl's own buffers included.
std::uint64_t memory_bytes(const firmware::ByteRange &range);

/// Passes on to a sink what belongs to the ranges and drops what lies between them.
class RangeDelivery {
  public:
    /// Both have to outlive this object.
    RangeDelivery(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink)
        : cursor_(ranges), sink_(sink) {}

    /// From call to call the offsets ascend. What the sink throws passes through.
    void deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

  private:
    firmware::RangeCursor cursor_;
    const firmware::ByteSource::Sink &sink_;
};

} // namespace updater::download
