// The options of the command line: their names and letters, and which of them say what to do. What may stand
// together is decided in command_line.cpp.
#pragma once

#include "updater/control/command_line.hpp"

#include <getopt.h>
#include <optional>
#include <span>

namespace updater::control {

/// What stands for the letter of an option that has none.
enum LongOnly : int {
    rollback_option = 256,
    install_rate_option,
    check_option,
    at_option,
    cancel_scheduled_option,
    postpone_option,
    something_may_be_due_option,
    force_option,
    json_option,
    no_wait_option
};

inline constexpr const char *option_letters = "idlsfchV";

/// For getopt_long(3), which wants an entry of zeros after the last one: it is there, behind the span.
std::span<const option> long_options();

/// Nothing for an option that only says how.
std::optional<Action> action_of(int letter);

} // namespace updater::control
