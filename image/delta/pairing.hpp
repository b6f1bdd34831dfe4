// Which file of the earlier image a file of the new one was made from. Looks at names and at shared blocks.
#pragma once

#include "image/delta/file_map.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace delta {

/// Where identical blocks lie in the earlier image, and which files they belong to.
class BlockTable {
  public:
    static constexpr std::uint64_t block_bytes = 4096;

    BlockTable(std::span<const std::byte> base, const std::vector<ImageFile> &base_files);

    /// An offset that holds exactly this block, `preferred` if it does.
    std::optional<std::uint64_t> find(std::span<const std::byte> block, std::uint64_t preferred) const;
    /// The number of the file that has the block at this offset; nothing for blocks of zeros.
    std::optional<std::size_t> owner(std::uint64_t offset_bytes) const;

  private:
    static constexpr std::uint32_t no_owner = UINT32_MAX;
    std::span<const std::byte> base_;
    std::unordered_map<std::uint64_t, std::uint64_t> offsets_; ///< of the first block with this hash
    std::vector<std::uint32_t> owners_;
};

/// For files of the new image the file of the earlier one to compare with.
class Pairing {
  public:
    Pairing(const std::vector<ImageFile> &base_files, const BlockTable &blocks);

    /// The file of the same path; else the one that has most of its blocks; else one whose path differs only
    /// in its digits, as with versions; else one of the same name in another folder.
    std::optional<std::size_t> partner_of(const ImageFile &file, std::span<const std::byte> image) const;

  private:
    std::optional<std::size_t> by_blocks(const ImageFile &file, std::span<const std::byte> image) const;
    std::optional<std::size_t> by_likeness(const std::string &likeness, const ImageFile &file) const;

    const std::vector<ImageFile> &base_files_;
    const BlockTable &blocks_;
    std::unordered_map<std::string, std::size_t> by_path_;
    std::unordered_multimap<std::string, std::size_t> by_likeness_;
};

} // namespace delta
