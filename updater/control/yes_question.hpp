// A question to whoever sits at the terminal, before something that can't be taken back.
#pragma once

#include "updater/control/actions.hpp"
#include "updater/control/display.hpp"

#include <optional>
#include <string>

namespace updater::control {

struct YesQuestion {
    std::string text;     ///< "Remove it?"
    std::string not_done; ///< "Nothing was removed"
    std::string how;      ///< "To remove it: update-control --drop-previous --yes"
};

/// Nothing: it is wanted. Otherwise what was not done is told, with the agent's document about it, and this
/// is the exit code. With --yes nobody is asked. Nobody would see the question with --json, or without a
/// terminal.
std::optional<ExitCode> end_unless_yes(const YesQuestion &question, const std::string &document,
                                       const CommandLine &line, Display &display,
                                       const Surroundings &surroundings);

} // namespace updater::control
