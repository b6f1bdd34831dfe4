// How long this system took to start: what a restart costs on this hardware, before there is a history of
// restarts.
#pragma once

#include "partitions/storage.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace updater::agent::parts {

/// How long the system took until the agent was first started in it; later agents read it from `file`.
/// Nothing if it cannot be known. Throws nothing.
std::optional<std::chrono::milliseconds> time_to_first_start(partitions::Storage &storage,
                                                             const std::filesystem::path &file);

} // namespace updater::agent::parts
