// Ranges with small gaps between them become one request.
#include "updater/download/range_plan.hpp"

#include <algorithm>

namespace updater::download {

namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t max_small_bytes = 256 * kib;
constexpr std::uint64_t max_early_bytes_of_large = 1024 * kib;

} // namespace

bool is_small(const firmware::ByteRange &range) {
    return range.length_bytes <= max_small_bytes;
}

std::uint64_t max_early_bytes(const firmware::ByteRange &range) {
    return is_small(range) ? range.length_bytes : max_early_bytes_of_large;
}

std::uint64_t memory_bytes(const firmware::ByteRange &range) {
    // What libcurl reads into, and as much again while the request has to wait.
    return max_early_bytes(range) + (is_small(range) ? small_buffer_bytes : 2 * large_buffer_bytes);
}

std::vector<firmware::ByteRange> joined(std::span<const firmware::ByteRange> ranges,
                                        std::uint64_t gap_bytes) {
    std::vector<firmware::ByteRange> requests;
    for (const firmware::ByteRange &range : ranges) {
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
        const firmware::ByteRange &range = ranges_.front();
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

} // namespace updater::download
