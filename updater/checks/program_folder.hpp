// Which programs a folder such as check.d has. Looks at names only, and runs nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <vector>

namespace updater::checks {

/// The programs of `folder`, a path in the system at `root`, in the order of their names and as paths in that
/// system; none without the folder. Names with other characters than letters, digits, "-" and "_" are no
/// programs. Throws StorageError.
std::vector<std::filesystem::path> programs_in(partitions::Storage &storage,
                                               const std::filesystem::path &folder,
                                               const std::filesystem::path &root = "/");

} // namespace updater::checks
