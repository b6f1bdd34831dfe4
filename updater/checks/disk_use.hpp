// What fills a disk: looks at the whole file system that a path lies on, since whatever takes the space may
// be far from the folder that needs it. Looks at sizes only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::checks {

/// A folder with everything in it at all levels, or a file.
struct Place {
    std::filesystem::path path;
    std::uint64_t allocated_bytes = 0;
};

/// Of a file, or of a folder with everything in it on its file system. What it takes on the disk, which is
/// less than what a sparse file claims. Throws std::filesystem::filesystem_error, Cancelled.
std::uint64_t allocated_bytes(const std::filesystem::path &path, const std::stop_token &stop);

/// Where the file system that `path` lies on is mounted as a whole; if only parts of it are mounted, the
/// nearest mount point above `path`. Throws std::filesystem::filesystem_error, Cancelled.
std::filesystem::path root_of_filesystem(const std::filesystem::path &path);

/// The places below `root`, on its file system, that take most space, largest first, at most `max`. A folder
/// is replaced by its parts if one of them is at least half of it, four levels deep at most. The folders
/// `without` and what is in them do not count, by whatever path they are reached. Throws
/// std::filesystem::filesystem_error, Cancelled.
std::vector<Place> largest_places(const std::filesystem::path &root, std::size_t max,
                                  const std::stop_token &stop,
                                  const std::vector<std::filesystem::path> &without = {});

} // namespace updater::checks
