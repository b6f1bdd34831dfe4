// update-control: asks the agent and shows what it answers. May be ended at any time; the job is the agent's.
#include "updater/control/actions.hpp"
#include "updater/control/forced_command.hpp"
#include "updater/control/hidden_arguments.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

namespace {

/// As somebody typed it, or as sshd passes on what the owner of a key asked for.
updater::CommandLine command_line(int argument_count, char **arguments) {
    constexpr int forced_count = 3;
    if (argument_count == forced_count && std::string_view(arguments[1]) == "--forced")
        return updater::read_forced_command(arguments[2], std::getenv("SSH_ORIGINAL_COMMAND"));
    return updater::read_command_line(argument_count, arguments);
}

} // namespace

int main(int argument_count, char **arguments) {
    using namespace updater;
    // A reader that goes away is noticed by the failed write, which ends the program in order.
    std::signal(SIGPIPE, SIG_IGN);
    ExitCode code = ExitCode::failed;
    try {
        const CommandLine line = command_line(argument_count, arguments);
        hide_secrets(argument_count, arguments);
        Client client;
        code = carry_out(line, client,
                         {std::cout, std::cerr, isatty(STDOUT_FILENO) == 1,
                          login_of(std::getenv("SSH_CONNECTION"), std::getenv("USER"))});
    } catch (const NotAllowed &error) {
        std::cerr << "update-control: " << error.what() << "\n";
        code = ExitCode::refused;
    } catch (const UsageError &error) {
        std::cerr << "update-control: " << error.what() << "\nSee: update-control --help\n";
        code = ExitCode::usage;
    } catch (const std::exception &error) {
        std::cerr << "update-control: " << error.what() << "\nNothing was asked of the agent.\n";
        code = ExitCode::failed;
    }
    return static_cast<int>(code);
}
