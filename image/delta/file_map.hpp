// Which bytes of an OS image belong to which file. Reads ext4 through libext2fs; an image of another file
// system is treated as one nameless file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace delta {

/// Consecutive bytes of an image.
struct Extent {
    std::uint64_t offset_bytes = 0;
    std::uint64_t length_bytes = 0;
};

/// The whole blocks of a file or directory, in its order, without holes.
struct ImageFile {
    std::string path; ///< one of its names; empty for bytes outside of files (inode tables, bitmaps)
    std::vector<Extent> extents;
    std::uint64_t length_bytes = 0; ///< of all extents
};

/// Sorted by path, so the nameless one is the first. Every block of the image that is not zero is in exactly
/// one of them; zero blocks may be. `bytes` is the contents of `image`. Throws std::runtime_error if the file
/// system is damaged.
std::vector<ImageFile> map_files(const std::filesystem::path &image, std::span<const std::byte> bytes);

/// The contents of the file as one piece.
std::vector<std::byte> contents_of(const ImageFile &file, std::span<const std::byte> image);

} // namespace delta
