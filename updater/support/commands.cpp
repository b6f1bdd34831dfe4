#include "updater/support/commands.hpp"

#include "updater/support/not_to_be_had.hpp"

#include <exception>

namespace updater::support {

namespace {

// timeout(1)
constexpr int exit_timed_out = 124;
constexpr int exit_killed = 137;
// bash(1)
constexpr int exit_not_found = 127;
constexpr int exit_not_runnable = 126;

/// The command's own words are arguments of the shell and never read as part of its program.
constexpr const char *keep_the_end = R"(max=$1; shift; "$@" 2>&1 </dev/null | tail -c "$max")";

} // namespace

std::string command_line_of(const Command &command) {
    std::string line;
    for (const std::string &word : command.words)
        line += (line.empty() ? "" : " ") + (word.find(' ') == std::string::npos ? word : "'" + word + "'");
    return line;
}

std::string output_of(const Command &command, hooks::Programs &programs) {
    std::vector<std::string> arguments{"--kill-after=5",
                                       std::to_string(command.time_limit.count()),
                                       "/bin/bash",
                                       "-o",
                                       "pipefail",
                                       "-c",
                                       keep_the_end,
                                       "bash",
                                       std::to_string(command.max_bytes)};
    arguments.insert(arguments.end(), command.words.begin(), command.words.end());
    hooks::ProgramResult result;
    try {
        result = programs.run("/usr/bin/timeout", arguments);
    } catch (const std::exception &failure) {
        throw NotToBeHad(command_line_of(command) + ": " + failure.what());
    }
    if (result.exit_code == exit_timed_out || result.exit_code == exit_killed)
        throw NotToBeHad(command_line_of(command) + " took longer than " +
                         std::to_string(command.time_limit.count()) + " s");
    if (result.exit_code == exit_not_found || result.exit_code == exit_not_runnable)
        throw NotToBeHad(command.words.front() + " is not on this appliance");
    if (result.exit_code != 0)
        result.output += "\n(" + command_line_of(command) + " ended with exit status " +
                         std::to_string(result.exit_code) + ")\n";
    return result.output;
}

} // namespace updater::support
