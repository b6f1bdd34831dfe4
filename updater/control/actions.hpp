// Carries out the action of the command line and returns the exit code.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/exit_codes.hpp"

#include <istream>
#include <ostream>
#include <string>

namespace updater::control {

/// Where the program runs.
struct Surroundings {
    std::ostream &output;
    std::ostream &errors;
    bool output_is_terminal;
    std::string login;               // "user@address" to reach this appliance, "" if unknown
    std::istream *answers = nullptr; // of a person at a terminal; null: nobody can be asked
};

/// "user@address" from SSH_CONNECTION (ssh(1): client address and port, server address and port), else "".
std::string login_of(const char *ssh_connection, const char *user);

/// Reports every failure on `errors` and returns its exit code.
ExitCode carry_out(const CommandLine &line, Client &client, const Surroundings &surroundings);

} // namespace updater::control
