#include "updater/control/options.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace updater::control {

namespace {

constexpr std::array all_options{
    option{"install", no_argument, nullptr, 'i'},
    option{"download", no_argument, nullptr, 'd'},
    option{"list", no_argument, nullptr, 'l'},
    option{"status", no_argument, nullptr, 's'},
    option{"history", no_argument, nullptr, history_option},
    option{"follow", no_argument, nullptr, 'f'},
    option{"cancel", no_argument, nullptr, 'c'},
    option{"rollback", no_argument, nullptr, rollback_option},
    option{"drop-previous", no_argument, nullptr, drop_previous_option},
    option{"install-rate", required_argument, nullptr, install_rate_option},
    option{"check", no_argument, nullptr, check_option},
    option{"refresh", no_argument, nullptr, refresh_option},
    option{"verify", no_argument, nullptr, verify_option},
    option{"backup", no_argument, nullptr, backup_option},
    option{"restore", no_argument, nullptr, restore_option},
    option{"at", required_argument, nullptr, at_option},
    option{"cancel-scheduled", no_argument, nullptr, cancel_scheduled_option},
    option{"postpone-until", required_argument, nullptr, postpone_option},
    option{"window", no_argument, nullptr, something_may_be_due_option},
    option{"support-bundle", required_argument, nullptr, support_bundle_option},
    option{"wizard", no_argument, nullptr, wizard_option},
    option{"dry-run", no_argument, nullptr, 'n'},
    option{"snapshot", required_argument, nullptr, snapshot_option},
    option{"explain", required_argument, nullptr, explain_option},
    option{"drain", no_argument, nullptr, drain_option},
    option{"resume", no_argument, nullptr, resume_option},
    option{"role", required_argument, nullptr, role_option},
    option{"test-message", no_argument, nullptr, test_message_option},
    option{"wait", required_argument, nullptr, wait_option},
    option{"keep-over-restart", no_argument, nullptr, keep_over_restart_option},
    option{"password-file", required_argument, nullptr, password_file_option},
    option{"ask-password", no_argument, nullptr, ask_password_option},
    option{"certificate", required_argument, nullptr, certificate_option},
    option{"key", required_argument, nullptr, key_option},
    option{"stop-on-conflict", no_argument, nullptr, stop_on_conflict_option},
    option{"known-conflict", required_argument, nullptr, known_conflict_option},
    option{"force", no_argument, nullptr, force_option},
    option{"yes", no_argument, nullptr, yes_option},
    option{"json", no_argument, nullptr, json_option},
    option{"no-wait", no_argument, nullptr, no_wait_option},
    option{"help", no_argument, nullptr, 'h'},
    option{"version", no_argument, nullptr, 'V'},
    option{nullptr, 0, nullptr, 0},
};

/// How many letters must be added, removed or replaced to make one word of the other (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t above = 0; above < one.size(); ++above) {
        std::size_t diagonal = std::exchange(row[0], above + 1);
        for (std::size_t left = 0; left < other.size(); ++left) {
            const std::size_t replaced = diagonal + (one[above] == other[left] ? 0 : 1);
            diagonal = row[left + 1];
            row[left + 1] = std::min({replaced, row[left] + 1, diagonal + 1});
        }
    }
    return row.back();
}

bool may_be_meant(std::string_view name, const option &candidate) {
    constexpr std::size_t letters_per_mistake = 3;
    constexpr std::size_t max_letters = 40; // longer than any name, and quickly compared
    if (candidate.val == something_may_be_due_option || name.empty() || name.size() > max_letters)
        return false;
    const std::string_view known = candidate.name;
    return known.starts_with(name) || distance(name, known) <= name.size() / letters_per_mistake;
}

std::string suggestion(std::string_view name) {
    std::string text;
    for (const option &candidate : long_options())
        if (may_be_meant(name, candidate))
            text += (text.empty() ? "; did you mean --" : " or --") + std::string(candidate.name);
    return text.empty() ? text : text + "?";
}

} // namespace

std::span<const option> long_options() {
    return {all_options.data(), all_options.size() - 1};
}

void require_whole_names(int argument_count, char **arguments) {
    for (int number = 1; number < argument_count; ++number) {
        const std::string_view argument = arguments[number];
        if (argument == "--")
            return;
        if (!argument.starts_with("--"))
            continue;
        const std::size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals).substr(2);
        const auto found = std::ranges::find(long_options(), name, &option::name);
        if (found == long_options().end()) {
            const std::string hint = hint_for_path(argument);
            throw UsageError("unknown option: " + std::string(argument) +
                             (hint.empty() ? suggestion(name) : hint));
        }
        const bool has_value = equals != std::string_view::npos;
        if (has_value && found->has_arg == no_argument)
            throw UsageError("--" + std::string(name) + " takes no value");
        if (!has_value && found->has_arg == required_argument)
            ++number;
    }
}

std::string hint_for_path(std::string_view argument) {
    if (!argument.starts_with('-') || !argument.ends_with(".fw"))
        return {};
    return " (a path that begins with - is written ./" + std::string(argument) + ")";
}

std::optional<Action> action_of(int letter) {
    switch (letter) {
    case 'i':
        return Action::install;
    case 'd':
        return Action::download;
    case 'l':
        return Action::list;
    case 's':
        return Action::status;
    case history_option:
        return Action::history;
    case 'f':
        return Action::follow;
    case 'c':
        return Action::cancel;
    case rollback_option:
        return Action::roll_back;
    case drop_previous_option:
        return Action::drop_previous;
    case install_rate_option:
        return Action::install_rate;
    case check_option:
        return Action::check_firmware;
    case refresh_option:
        return Action::refresh;
    case verify_option:
        return Action::verify;
    case backup_option:
        return Action::back_up;
    case restore_option:
        return Action::restore;
    case cancel_scheduled_option:
        return Action::cancel_scheduled;
    case postpone_option:
        return Action::postpone;
    case something_may_be_due_option:
        return Action::something_may_be_due;
    case support_bundle_option:
        return Action::support_bundle;
    case wizard_option:
        return Action::wizard;
    case snapshot_option:
        return Action::snapshot;
    case explain_option:
        return Action::explain;
    case drain_option:
        return Action::drain;
    case resume_option:
        return Action::resume;
    case role_option:
        return Action::role;
    case test_message_option:
        return Action::test_message;
    case 'h':
        return Action::help;
    case 'V':
        return Action::version;
    default:
        return std::nullopt;
    }
}

} // namespace updater::control
