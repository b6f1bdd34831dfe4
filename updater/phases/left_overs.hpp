// What an agent that was killed may have left mounted. Paths only; what is on the disk is the phases' own.
#pragma once

#include "updater/phases/layout.hpp"

namespace updater {

/// For the start of an agent, when no phase runs and no program of one is left. @throws
/// partitions::MountError.
void unmount_left_overs(const Layout &layout);

} // namespace updater
