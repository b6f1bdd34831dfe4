// Ranges with small gaps between them become one request.
#include "updater/download/range_plan.hpp"

#include <algorithm>

namespace updater {

std::vector<ByteRange> joined(std::span<const ByteRange> ranges, std::uint64_t gap_bytes) {
    std::vector<ByteRange> requests;
    for (const ByteRange &range : ranges) {
        if (range.length_bytes == 0)
            continue;
        if (!requests.empty() && range.offset_bytes - end_of(requests.back()) <= gap_bytes)
            requests.back().length_bytes = end_of(range) - requests.back().offset_bytes;
        else
            requests.push_back(range);
    }
    return requests;
}

void RangeDelivery::deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    while (!bytes.empty() && !ranges_.empty()) {
        const ByteRange &range = ranges_.front();
        if (offset_bytes >= end_of(range)) {
            ranges_ = ranges_.subspan(1);
            continue;
        }
        const std::uint64_t gap = range.offset_bytes > offset_bytes ? range.offset_bytes - offset_bytes : 0;
        if (gap >= bytes.size())
            return;
        const auto wanted = bytes.subspan(gap).first(
            std::min<std::uint64_t>(bytes.size() - gap, end_of(range) - offset_bytes - gap));
        sink_(offset_bytes + gap, wanted);
        offset_bytes += gap + wanted.size();
        bytes = bytes.subspan(gap + wanted.size());
    }
}

} // namespace updater
