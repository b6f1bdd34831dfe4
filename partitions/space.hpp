// How much space a file system has.
#pragma once

#include <cstdint>
#include <filesystem>

namespace partitions {

struct FileSystemSpace {
    std::uint64_t total_bytes = 0;
    std::uint64_t available_bytes = 0; ///< to a process without privileges, as df shows it
};

/// Of the file system that holds the path (which must exist). Throws StorageError.
FileSystemSpace space_of(const std::filesystem::path &path);

} // namespace partitions
