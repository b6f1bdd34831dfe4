// Where the content of a file lies on its device, as the file system says. Reads no content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace partitions {

struct FileExtent {
    std::uint64_t device_bytes = 0; ///< offset on the device
    std::uint64_t length_bytes = 0;
    bool is_placed =
        false; ///< it has content of its own on the device: not in the inode, and not yet to come
    bool is_shared = false; ///< with another file (reflinks)
};

/// In the order of the file. Empty if it has no content, can't be opened (a link, for one), or the file
/// system can't tell.
std::vector<FileExtent> extents_of(const std::filesystem::path &file);

} // namespace partitions
