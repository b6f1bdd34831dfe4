// --support-bundle: hands over to the program that makes one, because that needs disks and archives and must
// work while the agent doesn't. Calls nobody else.
#pragma once

#include "updater/control/actions.hpp"

namespace updater::control {

/// Returns only if the program can't be started.
ExitCode make_support_bundle(const CommandLine &line, const Surroundings &surroundings);

} // namespace updater::control
