// How the checks measure disks on this appliance: with what fills them, and what frees it.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/checks/preconditions.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace updater::agent::parts {

/// Both references outlive what is returned.
checks::FilesystemMeasures disk_measures(Machine &machine, hooks::runner::HookRunner &programs,
                                         const std::stop_token &stop);

/// How long a request waits for the next one.
inline constexpr std::chrono::seconds max_measuring_time{5};

/// What becomes free at least if these folders go. Throws Cancelled after max_measuring_time, and
/// std::filesystem::filesystem_error.
std::uint64_t own_bytes_of(const std::vector<std::filesystem::path> &folders,
                           std::chrono::system_clock::time_point now);

} // namespace updater::agent::parts
