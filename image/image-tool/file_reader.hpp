// Reading a file of the tree piece by piece.
#pragma once

#include "image/image-tool/units.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace image_tool {

bool is_zero(std::span<const std::byte> bytes);

class FileReader {
  public:
    /// Throws std::system_error naming the file.
    explicit FileReader(const std::filesystem::path &file);
    ~FileReader();
    FileReader(const FileReader &) = delete;
    FileReader &operator=(const FileReader &) = delete;

    /// At most 1 MiB, valid until the next call; empty at the end of the file. Throws std::system_error.
    std::span<const std::byte> read(std::uint64_t offset_bytes, std::uint64_t length_bytes);

  private:
    std::filesystem::path file_;
    int descriptor_;
    std::vector<std::byte> buffer_;
};

/// The blocks of the file that must be stored: all but long runs of zeros. Those become holes, whether or not
/// the file in the tree has holes there. File block numbers, in order. Throws std::system_error.
std::vector<Run> stored_runs(const std::filesystem::path &file, std::uint64_t size_bytes);

/// Shorter runs of zeros are stored: each hole costs an extent.
inline constexpr std::uint64_t shortest_hole_blocks = 16;

} // namespace image_tool
