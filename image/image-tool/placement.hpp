// Assigns an inode and blocks to everything in a tree. Writes nothing.
//
// Against an earlier image: what is unchanged stays where it was, bit for bit, so that only what changed must
// be fetched and written. Firmware is fetched in units of several blocks, so what is new lies together and
// not in gaps between unchanged files.
#pragma once

#include "image/image-tool/directory.hpp"
#include "image/image-tool/free_space.hpp"
#include "image/image-tool/previous_image.hpp"
#include "image/image-tool/tree.hpp"
#include "image/image-tool/units.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace image_tool {

/// Of one node.
struct Place {
    std::uint32_t inode = 0;
    std::vector<Extent> extents;
    std::vector<std::uint64_t>
        other_blocks;                   ///< taken for its extent tree and its extended attributes, if needed
    std::optional<Directory> directory; ///< of directories
};

struct Placement {
    std::vector<Place> places; ///< for each node of the tree
    FreeSpace left;            ///< for extent trees and extended attributes that need more
};

/// What an empty file system offers.
struct Room {
    FreeSpace blocks;
    std::uint32_t first_inode = 0;
    std::uint32_t last_inode = 0;
    std::uint32_t root_inode = 0;
};

/// `previous` may be null. Throws std::runtime_error telling how much is missing if the tree does not fit.
Placement place(const Tree &tree, Room room, const PreviousImage *previous);

} // namespace image_tool
