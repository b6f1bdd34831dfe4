// How a hook of the new system sees the old one: the contract of UPDATE_CONTROL_OLD_ROOT. Pure data.
#pragma once

#include "hooks/runner/hook_runner.hpp"

namespace hooks::runner {

/// Where a hook finds the old system's files, whatever its own root is.
inline constexpr const char *old_root_in_hook = "/run/update-control/old-root";

/// Adds to `call`: the old system mounted (on the host) at `old_root`, read-only at old_root_in_hook; all
/// that the call shows below `data` at the same path inside the old root too, writable where it is, so that a
/// path means the same file to both systems' programs; a /dev for the old root with null, zero, full, random,
/// urandom and a shm of its own (PostgreSQL needs POSIX shared memory; sharing the host's would let old and
/// new server meet); /proc, read-only; /tmp and /run. Sets UPDATE_CONTROL_OLD_ROOT.
void show_old_root(HookCall &call, const std::filesystem::path &old_root,
                   const std::filesystem::path &data = "/data");

} // namespace hooks::runner
