// update-control: asks the agent and shows what it answers. May be ended at any time; the job is the agent's.
#include "updater/control/actions.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

int main(int argument_count, char **arguments) {
    using namespace updater;
    // A reader that goes away is noticed by the failed write, which ends the program in order.
    std::signal(SIGPIPE, SIG_IGN);
    ExitCode code = ExitCode::failed;
    try {
        Client client;
        code = carry_out(read_command_line(argument_count, arguments), client,
                         {std::cout, std::cerr, isatty(STDOUT_FILENO) == 1,
                          login_of(std::getenv("SSH_CONNECTION"), std::getenv("USER"))});
    } catch (const UsageError &error) {
        std::cerr << "update-control: " << error.what() << "\nSee: update-control --help\n";
        code = ExitCode::usage;
    }
    return static_cast<int>(code);
}
