// update-control: calls the agent and shows its answers. May end at any time, because the agent runs the job.
#include "updater/control/actions.hpp"
#include "updater/control/forced_command.hpp"
#include "updater/control/hidden_arguments.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

namespace {

/// Either typed, or passed on by sshd from the owner of a key.
updater::control::CommandLine command_line(int argument_count, char **arguments) {
    constexpr int forced_count = 3;
    if (argument_count == forced_count && std::string_view(arguments[1]) == "--forced")
        return updater::control::read_forced_command(arguments[2], std::getenv("SSH_ORIGINAL_COMMAND"));
    return updater::control::read_command_line(argument_count, arguments);
}

} // namespace

int main(int argument_count, char **arguments) {
    using namespace updater;
    // If the reader of the output is gone, a write fails and the program ends in order.
    std::signal(SIGPIPE, SIG_IGN);
    updater::control::ExitCode code = updater::control::ExitCode::failed;
    try {
        const updater::control::CommandLine line = command_line(argument_count, arguments);
        updater::control::hide_secrets(argument_count, arguments);
        updater::control::Client client;
        code = updater::control::carry_out(
            line, client,
            {std::cout, std::cerr, isatty(STDOUT_FILENO) == 1,
             updater::control::login_of(std::getenv("SSH_CONNECTION"), std::getenv("USER")),
             isatty(STDIN_FILENO) == 1 ? &std::cin : nullptr});
    } catch (const updater::control::NotAllowed &error) {
        std::cerr << "update-control: " << error.what() << "\n";
        code = updater::control::ExitCode::refused;
    } catch (const updater::control::UsageError &error) {
        std::cerr << "update-control: " << error.what() << "\nSee: update-control --help\n";
        code = updater::control::ExitCode::usage;
    } catch (const std::exception &error) {
        std::cerr << "update-control: " << error.what() << "\nNothing was asked of the agent.\n";
        code = updater::control::ExitCode::failed;
    }
    return static_cast<int>(code);
}
