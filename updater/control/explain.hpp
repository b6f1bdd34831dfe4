// What a message code means: looked up in this program, so also while the agent is down.
#pragma once

#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

#include <ostream>
#include <string>

namespace updater::control {

/// `code`: as people type it, or "all" for the list. One that this release doesn't know: says so on `errors`,
/// ExitCode::failed.
ExitCode explain(const std::string &code, Display &display, std::ostream &errors);

} // namespace updater::control
