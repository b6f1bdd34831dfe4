// Starts the wizard in place of this program. Asks the agent nothing.
#pragma once

#include "updater/control/exit_codes.hpp"

#include <ostream>
#include <string>

namespace updater::control {

/// Becomes update-wizard; returns only if that is not possible. Without a terminal nothing is started.
ExitCode start_wizard(const std::string &source, bool at_terminal, std::ostream &errors);

} // namespace updater::control
