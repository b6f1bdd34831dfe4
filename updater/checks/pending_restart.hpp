// Whether the appliance waits for a restart that has nothing to do with an upgrade. Looks only.
#pragma once

#include "updater/checks/finding.hpp"

#include <filesystem>

namespace updater::checks {

/// "pending restart": what packages leave in /run when they want one, and a shutdown that somebody has
/// scheduled, which would interrupt the installation. `run` is "/run", or a test's folder.
void check_pending_restart(Findings &findings, const std::filesystem::path &run = "/run");

} // namespace updater::checks
