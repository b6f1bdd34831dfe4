// Keeps the folder of the logs bounded. Knows names only.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>

namespace updater::progress {

inline constexpr std::size_t max_kept_logs = 100;

/// Removes the oldest logs (JOB.log: a job's id is the time when it began, so names sort by age) until
/// max_kept_logs are left. Other files stay. Throws partitions::StorageError.
void keep_newest_logs(partitions::Storage &storage, const std::filesystem::path &folder);

} // namespace updater::progress
