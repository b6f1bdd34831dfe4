// Runs the commands whose output a bundle has, each with a time limit and a bound for its output.
#pragma once

#include "hooks/programs.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace updater::support {

struct Command {
    std::vector<std::string> words; ///< the program's absolute path, then its arguments
    std::chrono::seconds time_limit{20};
    std::size_t max_bytes = 256UL * 1024; ///< the end of its output is kept
};

/// As it would be typed.
std::string command_line_of(const Command &command);

/// What it writes to standard output and error. A line at the end says so if it failed. Throws NotToBeHad if
/// it can't be run or takes longer.
std::string output_of(const Command &command, hooks::Programs &programs);

} // namespace updater::support
