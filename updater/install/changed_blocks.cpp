#include "updater/install/changed_blocks.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/sha256.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <cstring>

namespace updater::install {

namespace {

using firmware::ByteRange;

constexpr std::uint64_t block_bytes = 4096;

bool is_read(partitions::File &device, const ByteRange &range, std::span<std::byte> into) {
    try {
        return device.read_at(range.offset_bytes, into) == into.size();
    } catch (const partitions::StorageError &) {
        return false; // a place that can't be read has changed
    }
}

/// The two pieces begin at `offset_bytes` of their devices and are equally long.
void append_differences(std::vector<ByteRange> &changed, std::uint64_t offset_bytes,
                        std::span<const std::byte> found, std::span<const std::byte> expected) {
    for (std::uint64_t at = 0; at < found.size(); at += block_bytes) {
        const auto length = std::min<std::uint64_t>(block_bytes, found.size() - at);
        if (std::memcmp(found.data() + at, expected.data() + at, length) != 0)
            firmware::append(changed, {offset_bytes + at, length});
    }
}

} // namespace

std::vector<ByteRange> changed_blocks(partitions::File &device, partitions::File &twin,
                                      const firmware::ChunkIndex &index, std::span<const ByteRange> places,
                                      const Effort &effort, const std::stop_token &stop) {
    std::vector<ByteRange> changed;
    std::size_t compared = 0;
    partitions::AlignedBuffer found(firmware::chunk_bytes);
    partitions::AlignedBuffer expected(firmware::chunk_bytes);
    for (const auto &chunk : index.chunks) {
        const ByteRange range{chunk.offset_bytes, chunk.raw_bytes};
        if (std::ranges::none_of(places, [&](const auto &place) { return !overlap(place, range).empty(); }))
            continue;
        bool is_compared = false;
        if (compared < max_compared_chunks && range.length_bytes <= firmware::chunk_bytes) {
            ++compared;
            effort.before(2 * range.length_bytes);
            if (stop.stop_requested())
                throw Cancelled();
            const auto theirs = expected.first(range.length_bytes);
            const auto ours = found.first(range.length_bytes);
            is_compared = is_read(twin, range, theirs) &&
                          partitions::base::sha256_of(theirs) == chunk.raw_sha256 &&
                          is_read(device, range, ours);
            if (is_compared)
                append_differences(changed, range.offset_bytes, ours, theirs);
        }
        if (!is_compared)
            firmware::append(changed, range);
    }
    return changed;
}

} // namespace updater::install
