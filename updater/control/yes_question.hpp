// A question to whoever sits at the terminal, before something that can't be taken back.
#pragma once

#include "updater/control/actions.hpp"
#include "updater/control/display.hpp"

#include <string>

namespace updater::control {

enum class Answer { yes, no, nobody_asked };

/// With --yes nobody is asked. Nobody would see the question with --json, or without a terminal.
Answer ask_yes(const std::string &question, const CommandLine &line, Display &display,
               const Surroundings &surroundings);

} // namespace updater::control
