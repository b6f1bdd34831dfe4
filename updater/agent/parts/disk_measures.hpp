// How the checks measure disks on this appliance: with what fills them, and what frees it.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/checks/preconditions.hpp"

#include <stop_token>

namespace updater::agent::parts {

/// Both references outlive what is returned.
checks::FilesystemMeasures disk_measures(Machine &machine, hooks::runner::HookRunner &programs,
                                         const std::stop_token &stop);

} // namespace updater::agent::parts
