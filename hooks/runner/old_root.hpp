// How a hook of the new system sees the old one: the contract of UPDATE_CONTROL_OLD_ROOT. Pure data.
#pragma once

#include "hooks/runner/hook_runner.hpp"

namespace hooks::runner {

/// Where a hook finds the old system's files, whatever its own root is.
inline constexpr const char *old_root_in_hook = "/run/update-control/old-root";

/// Shows the old system, which is mounted on the host at `old_root`, read-only at old_root_in_hook, and sets
/// UPDATE_CONTROL_OLD_ROOT. Inside it the hook also finds:
/// - what the call shows below `data`, at the same path and writable where it is, so that a path names the
///   same file to the programs of both systems;
/// - /dev with null, zero, full, random, urandom and a shm of its own: PostgreSQL needs POSIX shared memory,
///   and in the host's the old and the new server would meet;
/// - /proc, read-only; /tmp and /run, empty.
void show_old_root(HookCall &call, const std::filesystem::path &old_root,
                   const std::filesystem::path &data = "/data");

} // namespace hooks::runner
