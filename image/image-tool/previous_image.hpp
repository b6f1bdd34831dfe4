// The image of an earlier release: inode, blocks and contents of each file. Reads only.
#pragma once

#include "image/delta/mapped_image.hpp"
#include "image/image-tool/file_system.hpp"
#include "image/image-tool/units.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace image_tool {

struct PreviousInode {
    std::uint32_t number = 0;
    mode_t mode = 0;
    std::uint64_t size_bytes = 0;
    std::vector<Extent> extents;
    std::vector<std::uint64_t> other_blocks; ///< of its extent tree and its extended attributes
};

class PreviousImage {
  public:
    /// Throws std::runtime_error and std::system_error.
    explicit PreviousImage(const std::filesystem::path &image);

    /// All names of everything, as in Node::path; the root is "".
    const std::map<std::string, PreviousInode> &inodes() const { return inodes_; }
    std::span<const std::byte> block(std::uint64_t number) const;
    /// The contents of a directory, whole blocks.
    std::vector<std::byte> contents(const PreviousInode &inode) const;
    /// Whether this file holds exactly what `inode` holds. Throws std::system_error if it cannot be read.
    bool holds(const PreviousInode &inode, const std::filesystem::path &file) const;

  private:
    void read_directory(const std::string &path, std::uint32_t number);
    PreviousInode read_inode(std::uint32_t number) const;

    delta::MappedImage bytes_;
    FileSystem file_system_;
    std::map<std::string, PreviousInode> inodes_;
};

} // namespace image_tool
