// Sorts the reads by offset, and moves one window over them.
#include "updater/install/scattered_reads.hpp"

#include <algorithm>

namespace updater::install {

namespace {

constexpr std::uint64_t alignment = partitions::File::block_alignment_bytes;
/// Shorter reads are combined with their neighbours.
constexpr std::size_t min_direct_bytes = 128UL * 1024;
/// Reading this much in vain is cheaper than another read.
constexpr std::uint64_t max_gap_bytes = 64UL * 1024;
constexpr std::size_t max_piece_bytes = 256UL * 1024;

/// The whole blocks that contain the read.
firmware::ByteRange blocks_of(const firmware::BaseRead &read) {
    const std::uint64_t end = read.offset_bytes + read.into.size();
    return firmware::ByteRange::between(read.offset_bytes / alignment * alignment,
                                        (end + alignment - 1) / alignment * alignment);
}

std::size_t direct_bytes(const firmware::BaseRead &read) {
    const bool aligned = read.offset_bytes % alignment == 0 &&
                         reinterpret_cast<std::uintptr_t>(read.into.data()) % alignment == 0;
    const std::size_t length = aligned ? read.into.size() / alignment * alignment : 0;
    return length >= min_direct_bytes ? length : 0;
}

} // namespace

bool ScatteredReads::read(std::vector<firmware::BaseRead> reads) {
    std::vector<firmware::BaseRead> rest;
    if (!read_directly(reads, rest))
        return false;
    std::ranges::sort(rest, {}, &firmware::BaseRead::offset_bytes);
    for (auto first = rest.begin(); first != rest.end();) {
        firmware::ByteRange blocks = blocks_of(*first);
        auto last = first + 1;
        for (; last != rest.end(); ++last) {
            const auto longer = firmware::cover(blocks, blocks_of(*last));
            if (last->offset_bytes > blocks.end_bytes() + max_gap_bytes || longer.length_bytes > window_bytes)
                break;
            blocks = longer;
        }
        if (!read_together({first, last}, blocks))
            return false;
        first = last;
    }
    return true;
}

bool ScatteredReads::read_directly(const std::vector<firmware::BaseRead> &reads,
                                   std::vector<firmware::BaseRead> &rest) {
    for (firmware::BaseRead left : reads) {
        if (const std::size_t direct = direct_bytes(left); direct > 0) {
            if (device_.read_at(left.offset_bytes, left.into.first(direct)) < direct)
                return false;
            left = {left.offset_bytes + direct, left.into.subspan(direct)};
        }
        while (!left.into.empty()) {
            const std::size_t piece = std::min(left.into.size(), max_piece_bytes);
            rest.push_back({left.offset_bytes, left.into.first(piece)});
            left = {left.offset_bytes + piece, left.into.subspan(piece)};
        }
    }
    return true;
}

bool ScatteredReads::read_together(std::span<const firmware::BaseRead> reads,
                                   const firmware::ByteRange &blocks) {
    const auto found =
        window_.first(device_.read_at(blocks.offset_bytes, window_.first(blocks.length_bytes)));
    for (const firmware::BaseRead &read : reads) {
        const std::size_t skipped = read.offset_bytes - blocks.offset_bytes;
        if (skipped > found.size() || read.into.size() > found.size() - skipped)
            return false;
        std::ranges::copy(found.subspan(skipped, read.into.size()), read.into.begin());
    }
    return true;
}

} // namespace updater::install
