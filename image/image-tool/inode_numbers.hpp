// Finds each file of a tree in the earlier image, and assigns inodes.
#pragma once

#include "image/image-tool/previous_image.hpp"
#include "image/image-tool/tree.hpp"

#include <cstdint>
#include <vector>

namespace image_tool {

/// For each node its inode in the earlier image, or null: the one at its path, else, for a file, one with the
/// same contents whose path is gone, so that a moved file keeps its blocks. No inode stands for two nodes.
std::vector<const PreviousInode *> find_earlier(const Tree &tree, const PreviousImage &previous);

struct InodeRange {
    std::uint32_t root = 0;
    std::uint32_t first = 0; ///< of those for all else
    std::uint32_t last = 0;
};

/// The number of each node; the first is the root. Earlier numbers stay, new ones come after all of them, so
/// that blocks of the inode table stay as they are. Throws std::runtime_error if there are too few.
std::vector<std::uint32_t> number_inodes(const std::vector<const PreviousInode *> &earlier, InodeRange range);

} // namespace image_tool
