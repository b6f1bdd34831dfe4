#include "updater/install/image_differences.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/sha256.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>

namespace updater::install {

namespace {

enum class Found { as_signed, other, unreadable };

Found found_at(partitions::File &device, const firmware::Chunk &chunk, std::span<std::byte> buffer,
               const Effort &effort, const std::stop_token &stop) {
    partitions::base::Sha256Hasher hasher;
    for (std::uint64_t done = 0; done < chunk.raw_bytes;) {
        const auto piece = buffer.first(std::min<std::uint64_t>(buffer.size(), chunk.raw_bytes - done));
        effort.before(piece.size());
        if (stop.stop_requested())
            throw Cancelled();
        try {
            if (device.read_at(chunk.offset_bytes + done, piece) < piece.size())
                return Found::unreadable;
        } catch (const partitions::StorageError &) {
            return Found::unreadable;
        }
        hasher.add(piece);
        done += piece.size();
    }
    return hasher.finish() == chunk.raw_sha256 ? Found::as_signed : Found::other;
}

void add_range(ImageDifferences &differences, const firmware::Chunk &chunk) {
    auto &ranges = differences.ranges;
    if (!ranges.empty() && ranges.back().offset_bytes + ranges.back().length_bytes == chunk.offset_bytes)
        ranges.back().length_bytes += chunk.raw_bytes;
    else if (ranges.size() < ImageDifferences::max_ranges)
        ranges.push_back({chunk.offset_bytes, chunk.raw_bytes});
}

} // namespace

ImageDifferences differences_of_image(partitions::File &device, const firmware::ChunkIndex &index,
                                      const Effort &effort,
                                      const std::function<void(std::uint64_t done)> &progress,
                                      const std::stop_token &stop) {
    constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;
    partitions::AlignedBuffer buffer(buffer_bytes);
    ImageDifferences differences{.chunks = index.chunks.size(), .ranges = {}};
    for (const auto &chunk : index.chunks) {
        const auto found = found_at(device, chunk, buffer.span(), effort, stop);
        if (found != Found::as_signed) {
            ++differences.differing_chunks;
            differences.differing_bytes += chunk.raw_bytes;
            differences.unreadable_chunks += found == Found::unreadable ? 1 : 0;
            add_range(differences, chunk);
        }
        progress(chunk.offset_bytes + chunk.raw_bytes);
    }
    return differences;
}

} // namespace updater::install
