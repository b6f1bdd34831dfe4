// The actions for a later time: schedule, cancel, postpone. Failures are thrown; actions.cpp reports them.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

namespace updater::control {

ExitCode schedule(const CommandLine &line, Client &client, Display &display);
ExitCode cancel_scheduled(Client &client, Display &display);
ExitCode postpone(const CommandLine &line, Client &client, Display &display);

} // namespace updater::control
