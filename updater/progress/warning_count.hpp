// How many warnings the log of a job has, those of both systems. Nothing is decided by it.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace updater::progress {

/// Of a log's text: a warning that is repeated, as after a rehearsal, counts once.
std::size_t count_warnings(std::string_view log);

/// 0 if the log cannot be read.
std::size_t count_warnings_of(partitions::Storage &storage, const std::filesystem::path &log_file);

} // namespace updater::progress
