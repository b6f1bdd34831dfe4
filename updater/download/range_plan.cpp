// Combines ranges with small gaps into one request.
#include "updater/download/range_plan.hpp"

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
    // libcurl's buffer. A paused request needs a second one of the same size.
    return max_early_bytes(range) + (is_small(range) ? small_buffer_bytes : 2 * large_buffer_bytes);
}

std::vector<firmware::ByteRange> joined(std::span<const firmware::ByteRange> ranges,
                                        std::uint64_t gap_bytes) {
    std::vector<firmware::ByteRange> requests;
    for (const firmware::ByteRange &range : ranges)
        if (!range.empty())
            firmware::append(requests, range, gap_bytes);
    return requests;
}

void RangeDelivery::deliver(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    const firmware::ByteRange arrived{offset_bytes, bytes.size()};
    cursor_.advance_to(offset_bytes);
    while (!cursor_.at_end()) {
        const auto wanted = firmware::overlap(cursor_.current(), arrived);
        if (wanted.empty())
            return;
        sink_(wanted.offset_bytes, bytes.subspan(wanted.offset_bytes - offset_bytes, wanted.length_bytes));
        cursor_.advance_to(wanted.end_bytes());
    }
}

} // namespace updater::download
