// Reads files of a running appliance for a bundle: the end of each, no more than a bound. Writes nothing.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace updater::support {

/// The last `max_bytes`, from the beginning of a line on. Only a regular file; a symbolic link at its place
/// is not followed. Throws NotToBeHad.
std::string end_of_file(const std::filesystem::path &file, std::size_t max_bytes);

/// The newest files (by time of change) of a folder whose names end with `ending`, newest first, at most
/// `max`. Empty if the folder can't be read.
std::vector<std::filesystem::path> newest_files(const std::filesystem::path &folder,
                                                const std::string &ending, std::size_t max);

} // namespace updater::support
