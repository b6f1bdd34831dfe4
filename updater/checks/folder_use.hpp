// How much a folder takes, what of it is its own, and how old that is. Looks at sizes, times and extents,
// never at contents.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stop_token>

namespace updater::checks {

struct FolderUse {
    std::uint64_t allocated_bytes = 0;
    /// What no other file shares (reflinks), so what removing the folder frees at least. As allocated_bytes
    /// where the file system cannot tell.
    std::uint64_t own_bytes = 0;
    std::uint64_t unchanged_30_days_bytes = 0; ///< in files that were not changed for so long
    std::uint64_t unchanged_90_days_bytes = 0;
};

enum class Sharing { looked_at, left_out }; ///< looking at it opens every file

/// Of a folder with everything in it on its file system. Files that vanish meanwhile take nothing. With
/// Sharing::left_out own_bytes is allocated_bytes. Throws std::filesystem::filesystem_error, Cancelled.
FolderUse use_of_folder(const std::filesystem::path &folder, std::chrono::system_clock::time_point now,
                        Sharing sharing, const std::stop_token &stop);

} // namespace updater::checks
