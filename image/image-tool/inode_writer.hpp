// Writes one inode of an image: what it says of its file, where its blocks are, and its extended attributes.
#pragma once

#include "image/image-tool/file_system.hpp"
#include "image/image-tool/free_space.hpp"
#include "image/image-tool/placement.hpp"
#include "image/image-tool/tree.hpp"

#include <cstdint>
#include <vector>

namespace image_tool {

/// libext2fs asks it for blocks while it writes extent trees and extended attributes.
class InodeWriter {
  public:
    /// `left` and `file_system` must outlive it.
    InodeWriter(ext2_filsys file_system, FreeSpace &left);
    ~InodeWriter();
    InodeWriter(const InodeWriter &) = delete;
    InodeWriter &operator=(const InodeWriter &) = delete;

    /// Everything but the contents of the blocks. Throws std::runtime_error naming the file.
    void write(const Node &node, const Place &place);

  private:
    void write_extents(const Node &node, const Place &place);
    void write_attributes(const Node &node, std::uint32_t number);
    static errcode_t give_block(ext2_filsys file_system, blk64_t goal, blk64_t *result,
                                blk_alloc_ctx *context);

    ext2_filsys file_system_;
    FreeSpace &left_;
    std::vector<std::uint64_t>
        wanted_; ///< blocks that the current inode had in the earlier image, last one first
};

} // namespace image_tool
