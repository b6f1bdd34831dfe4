// Joining ranges and moving through them.
#include "updater/firmware/byte_range.hpp"

namespace updater::firmware {

void append(std::vector<ByteRange> &ranges, const ByteRange &range, std::uint64_t max_gap_bytes) {
    if (!ranges.empty() && range.offset_bytes >= ranges.back().end_bytes() &&
        range.offset_bytes - ranges.back().end_bytes() <= max_gap_bytes)
        ranges.back() = cover(ranges.back(), range);
    else
        ranges.push_back(range);
}

std::uint64_t total_bytes(std::span<const ByteRange> ranges) {
    std::uint64_t bytes = 0;
    for (const ByteRange &range : ranges)
        bytes += range.length_bytes;
    return bytes;
}

void RangeCursor::advance_to(std::uint64_t offset_bytes) {
    while (!ranges_.empty() && (ranges_.front().empty() || ranges_.front().end_bytes() <= offset_bytes))
        ranges_ = ranges_.subspan(1);
    if (!ranges_.empty())
        position_bytes_ = std::max({position_bytes_, offset_bytes, ranges_.front().offset_bytes});
}

} // namespace updater::firmware
