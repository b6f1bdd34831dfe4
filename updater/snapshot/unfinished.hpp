// What is left of work that failed. Touches nothing that has its final name.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <vector>

namespace updater::snapshot {

/// Throws nothing: the failure that led here counts, and the next work takes the same names.
void remove_unfinished(partitions::Storage &storage, const std::vector<std::filesystem::path> &paths);

} // namespace updater::snapshot
