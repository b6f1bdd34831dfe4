// The options of the command line: their names and letters, and which of them say what to do. What may stand
// together is decided in command_line.cpp.
#pragma once

#include "updater/control/command_line.hpp"

#include <getopt.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace updater::control {

inline constexpr int first_without_letter = 256;

/// What stands for the letter of an option that has none.
enum LongOnly : int {
    rollback_option = first_without_letter,
    drop_previous_option,
    history_option,
    install_rate_option,
    check_option,
    refresh_option,
    verify_option,
    backup_option,
    restore_option,
    at_option,
    cancel_scheduled_option,
    postpone_option,
    something_may_be_due_option,
    support_bundle_option,
    wizard_option,
    snapshot_option,
    explain_option,
    drain_option,
    resume_option,
    role_option,
    test_message_option,
    wait_option,
    keep_over_restart_option,
    password_file_option,
    ask_password_option,
    certificate_option,
    key_option,
    stop_on_conflict_option,
    known_conflict_option,
    force_option,
    yes_option,
    json_option,
    no_wait_option
};

inline constexpr const char *option_letters = "idlsfchnV";

/// For getopt_long(3), which wants an entry of zeros after the last one: it is there, behind the span.
std::span<const option> long_options();

/// getopt_long(3) would take any beginning of a name that only one option has today, and a later release may
/// have two. So a name must be whole; the message for another one names the options that are like it. Throws
/// UsageError.
void require_whole_names(int argument_count, char **arguments);

/// " (…)" if an argument that is no option looks like a path, else empty.
std::string hint_for_path(std::string_view argument);

/// Nothing for an option that only says how.
std::optional<Action> action_of(int letter);

} // namespace updater::control
