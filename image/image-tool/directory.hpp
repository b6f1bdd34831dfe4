// The blocks of one directory: which entry stands where. An entry that an earlier image has keeps its place,
// so that a new or a missing name changes one block. Format: the kernel's Documentation/filesystems/ext4,
// "Directory Entries", linear directories with checksums.
#pragma once

#include "image/image-tool/units.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace image_tool {

/// Bytes at the end of each block that the checksum takes.
inline constexpr std::size_t directory_tail_bytes = 12;

class Directory {
  public:
    /// `names` without "." and ".."; `earlier` is the directory's contents in an earlier image, whole blocks,
    /// or empty.
    Directory(const std::vector<std::string> &names, std::span<const std::byte> earlier);

    std::size_t blocks() const { return blocks_.size(); }

    struct Target {
        std::uint32_t inode = 0;
        std::uint8_t type = 0; ///< EXT2_FT_…
    };
    /// The blocks one after the other, their checksums not yet computed. `target_of` also knows "." and "..".
    std::vector<std::byte> contents(const std::function<Target(const std::string &)> &target_of) const;

  private:
    struct Entry {
        std::size_t offset = 0;
        std::string name;
    };
    struct Block {
        std::vector<Entry> entries; ///< by offset
        std::size_t longest_gap = 0;
    };
    void keep(std::span<const std::byte> earlier, std::vector<std::string> &names);
    void insert(const std::string &name);
    static std::size_t gap_after(const Block &block, std::size_t entry);
    static void measure(Block &block);

    std::vector<Block> blocks_;
};

} // namespace image_tool
