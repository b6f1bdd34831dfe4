// Carries out what the command line asks for: one function an action, each returning the exit code.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/exit_codes.hpp"

#include <ostream>
#include <string>

namespace updater::control {

/// What the actions need to know of where they run.
struct Surroundings {
    std::ostream &output;
    std::ostream &errors;
    bool output_is_terminal;
    std::string login; // how to reach this appliance from outside, "" when not known
};

/// "user@address" from SSH_CONNECTION (ssh(1): client address and port, server address and port), else "".
std::string login_of(const char *ssh_connection, const char *user);

/// Every failure is reported on `errors` and becomes an exit code.
ExitCode carry_out(const CommandLine &line, Client &client, const Surroundings &surroundings);

} // namespace updater::control
