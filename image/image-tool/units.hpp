// Types that the parts of update-image share: runs of blocks and extents of files. Uses no library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace image_tool {

/// Every file system made here has blocks of this size.
inline constexpr std::size_t block_bytes = 4096;

/// Consecutive blocks of the image.
struct Run {
    std::uint64_t first = 0;
    std::uint64_t blocks = 0;

    bool operator==(const Run &) const = default;
};

/// Consecutive blocks of a file at consecutive blocks of the image.
struct Extent {
    std::uint64_t file_block = 0;
    std::uint64_t image_block = 0;
    std::uint64_t blocks = 0;

    bool operator==(const Extent &) const = default;
};

constexpr std::uint64_t blocks_for(std::uint64_t bytes) {
    return (bytes + block_bytes - 1) / block_bytes;
}

template <typename Pieces> std::uint64_t count_blocks(const Pieces &pieces) {
    std::uint64_t count = 0;
    for (const auto &piece : pieces)
        count += piece.blocks;
    return count;
}

} // namespace image_tool
