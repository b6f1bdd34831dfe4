// Carries out --drain, --resume, --role and --test-message: asks the agent, waits, shows what came out.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

namespace updater::control {

// All throw as carry_out().
ExitCode drain(const CommandLine &line, Client &client, Display &display);
ExitCode resume(Client &client, Display &display);
ExitCode role(const CommandLine &line, Client &client, Display &display);
ExitCode test_message(Client &client, Display &display);

} // namespace updater::control
