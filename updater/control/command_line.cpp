#include "updater/control/command_line.hpp"

#include "updater/control/options.hpp"
#include "updater/control/source_argument.hpp"
#include "updater/text/shell_word.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace updater::control {

namespace {

std::uint64_t rate_in(std::string_view text) {
    std::uint64_t rate = 0;
    const char *end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, rate);
    if (error != std::errc() || rest != end)
        throw UsageError("--install-rate needs a whole number of MiB per second, or 0 for no limit, not " +
                         std::string(text));
    return rate;
}

std::uint64_t seconds_to_wait(std::string_view text) {
    constexpr std::uint64_t max_seconds = 86'400; // as the agent accepts
    std::uint64_t seconds = 0;
    const char *end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end || seconds > max_seconds)
        throw UsageError("--wait needs a whole number of seconds, 86400 at most, not " + std::string(text));
    return seconds;
}

std::string role_verb_in(std::string_view verb) {
    if (verb != "show" && verb != "take" && verb != "give")
        throw UsageError("--role needs one of: show, take, give");
    return std::string(verb);
}

/// getopt_long(3) has just rejected an argument: a letter, or an option without its value.
[[noreturn]] void complain(int argument_count, char **arguments) {
    switch (optopt) {
    case install_rate_option:
        throw UsageError("--install-rate needs a number: MiB per second, or 0 for no limit");
    case at_option:
        throw UsageError("--at needs a time, such as \"Sun 03:00\"");
    case support_bundle_option:
        throw UsageError("--support-bundle needs a file to make, such as /data/support.tar.zst, or - for "
                         "standard output");
    case explain_option:
        throw UsageError("--explain needs the code of a message, such as UC0412");
    case wait_option:
        throw UsageError("--wait needs a number of seconds");
    case role_option:
        throw UsageError("--role needs one of: show, take, give");
    case known_conflict_option:
        throw UsageError("--known-conflict needs a path as the message names it, such as /etc/motd");
    case postpone_option:
        throw UsageError("--postpone-until needs a time, such as \"2026-12-24 22:30\", or: now");
    default:
        break;
    }
    std::string hint;
    // For letters in one argument (-xyz), optind only moves on after the last one.
    for (int number = std::max(optind - 1, 1); number <= optind && number < argument_count; ++number)
        if (hint.empty())
            hint = hint_for_path(arguments[number]);
    throw UsageError(std::string("unknown option: -") + static_cast<char>(optopt) + hint);
}

std::string slot_in(const std::vector<std::string> &operands) {
    if (operands.size() > 1 || (operands.front() != "a" && operands.front() != "b"))
        throw UsageError("--verify takes one slot, a or b; without one it compares both");
    return operands.front();
}

// `fw` is the only kind there is; it may be left out.
std::string source_of(Action action, std::vector<std::string> operands) {
    const bool may_name_firmware = action == Action::install || action == Action::download ||
                                   action == Action::check_firmware || action == Action::wizard;
    const bool takes_kind = may_name_firmware || action == Action::list;
    if (takes_kind && !operands.empty() && operands.front() == "fw")
        operands.erase(operands.begin());
    if (operands.empty())
        return {};
    if (action == Action::verify)
        return slot_in(operands);
    if (!may_name_firmware)
        throw UsageError("unexpected argument: " + operands.front());
    if (operands.size() > 1)
        throw UsageError("more than one path or URL: " + operands[1] +
                         " (a path with blanks in it needs quotes)");
    const std::string &source = operands.front();
    if (source.empty())
        throw UsageError("the path or URL is empty; leave it out to take the newest firmware");
    if (action == Action::download && !is_url(source))
        throw UsageError("only a URL can be downloaded, not the path " + source +
                         "; install a file with: update-control -i fw " + text::shell_word(source));
    return checked_source(source);
}

void check_conflict_options(const CommandLine &line) {
    if (line.stop_on_conflict && line.action != Action::install && line.action != Action::dry_run)
        throw UsageError("--stop-on-conflict goes only with --install and --dry-run, and not with --at");
    if (!line.known_conflicts.empty() && !line.stop_on_conflict)
        throw UsageError("--known-conflict goes only with --stop-on-conflict");
    if (const std::string excess = job::excess_of(line.known_conflicts); !excess.empty())
        throw UsageError(excess);
}

std::string known_conflict_in(std::string_view path) {
    if (!path.starts_with('/') || path.size() > job::max_known_conflict_bytes)
        throw UsageError("--known-conflict needs a path as the message names it, such as /etc/motd, not " +
                         std::string(path));
    return std::string(path);
}

void check_combination(const CommandLine &line) {
    check_conflict_options(line);
    const bool begins_something =
        line.action == Action::install || line.action == Action::download || line.action == Action::cancel ||
        line.action == Action::roll_back || line.action == Action::refresh || line.action == Action::verify ||
        line.action == Action::back_up || line.action == Action::restore || line.action == Action::drain;
    if (line.force && line.action != Action::install && line.action != Action::dry_run &&
        line.action != Action::schedule && line.action != Action::roll_back &&
        line.action != Action::drop_previous && line.action != Action::back_up)
        throw UsageError("--force goes only with --install, --rollback, --drop-previous and --backup");
    if (line.yes && line.action != Action::install && line.action != Action::drop_previous &&
        line.action != Action::restore)
        throw UsageError("--yes goes only with --install, --drop-previous and --restore");
    if (!line.wait && !begins_something)
        throw UsageError(
            "--no-wait goes only with --install, --download, --cancel, --rollback, --refresh, --verify, "
            "--backup, --restore and --drain");
    if (line.json && (line.action == Action::help || line.action == Action::version ||
                      line.action == Action::support_bundle || line.action == Action::wizard))
        throw UsageError("--json goes only with what reports something");
}

/// A path from here becomes absolute.
std::string bundle_file(const std::string &file) {
    if (file.empty())
        throw UsageError("--support-bundle needs the name of a file to make");
    return file == "-" ? file : std::filesystem::absolute(file).lexically_normal().string();
}

/// What the options say, before anything is known of the operands.
struct Wishes {
    CommandLine line;
    std::optional<Action> action;
    bool later = false;   ///< --at
    bool dry_run = false; ///< --dry-run
    bool waits = false;   ///< --wait
};

/// False: getopt_long(3) has rejected the argument.
bool take_option(int letter, Wishes &wishes) {
    if (const std::optional<Action> named = action_of(letter)) {
        if (wishes.action && *wishes.action != *named)
            throw UsageError("more than one thing to do was asked for");
        wishes.action = named;
        if (letter == install_rate_option)
            wishes.line.mib_per_second = rate_in(optarg);
        if (letter == postpone_option)
            wishes.line.calendar = optarg;
        if (letter == support_bundle_option)
            wishes.line.source = bundle_file(optarg);
        if (letter == explain_option)
            wishes.line.source = optarg;
        if (letter == role_option)
            wishes.line.source = role_verb_in(optarg);
        if (letter == snapshot_option)
            wishes.line.snapshot.verb = optarg;
    } else if (letter == at_option) {
        wishes.line.calendar = optarg;
        wishes.later = true;
    } else if (letter == 'n') {
        wishes.dry_run = true;
    } else if (letter == wait_option) {
        wishes.line.max_wait_seconds = seconds_to_wait(optarg);
        wishes.waits = true;
    } else if (letter == keep_over_restart_option) {
        wishes.line.keep_over_restart = true;
    } else if (letter == password_file_option) {
        wishes.line.snapshot.password_file = optarg;
    } else if (letter == ask_password_option) {
        wishes.line.snapshot.ask_password = true;
    } else if (letter == certificate_option) {
        wishes.line.snapshot.certificate_file = optarg;
    } else if (letter == key_option) {
        wishes.line.snapshot.key_file = optarg;
    } else if (letter == yes_option) {
        wishes.line.yes = true;
    } else if (letter == force_option) {
        wishes.line.force = true;
    } else if (letter == stop_on_conflict_option) {
        wishes.line.stop_on_conflict = true;
    } else if (letter == known_conflict_option) {
        wishes.line.known_conflicts.push_back(known_conflict_in(optarg));
    } else if (letter == json_option) {
        wishes.line.json = true;
    } else if (letter == no_wait_option) {
        wishes.line.wait = false;
    } else {
        return false;
    }
    return true;
}

Wishes read_options(int argument_count, char **arguments) {
    require_whole_names(argument_count, arguments);
    Wishes wishes;
    opterr = 0;
    optind = 0; // 0, not 1: makes glibc forget a scan before this one
    for (;;) {
        const int letter =
            getopt_long(argument_count, arguments, option_letters, long_options().data(), nullptr);
        if (letter == -1)
            return wishes;
        if (!take_option(letter, wishes))
            complain(argument_count, arguments);
    }
}

} // namespace

CommandLine read_command_line(int argument_count, char **arguments) {
    if (argument_count < 1) // execve(2) permits it
        throw UsageError("nothing to do was asked for");
    auto [line, action, later, only_look, waits] = read_options(argument_count, arguments);
    if (!action)
        throw UsageError("nothing to do was asked for");
    line.action = *action;
    // Before there were checks of firmware, --check alone was what is --refresh now.
    if (line.action == Action::check_firmware && optind == argument_count)
        line.action = Action::refresh;
    const std::string of_option = line.source; // of --support-bundle, --explain or --role
    std::vector<std::string> operands(arguments + optind, arguments + argument_count);
    if (line.action == Action::snapshot)
        take_snapshot_operands(line.snapshot, std::exchange(operands, {}));
    else
        require_no_secrets(line.snapshot);
    line.source = source_of(line.action, std::move(operands));
    if (line.action == Action::support_bundle || line.action == Action::explain ||
        line.action == Action::role)
        line.source = of_option;
    if ((waits || line.keep_over_restart) && line.action != Action::drain)
        throw UsageError("--wait and --keep-over-restart go only with --drain");
    if (waits && !line.wait)
        throw UsageError("--wait and --no-wait contradict each other");
    if (later && line.action != Action::install)
        throw UsageError("--at goes only with --install");
    if (only_look && (line.action != Action::install || later))
        throw UsageError("--dry-run goes only with --install, and not with --at");
    if (later)
        line.action = Action::schedule;
    if (only_look)
        line.action = Action::dry_run;
    check_combination(line);
    return line;
}

job::InstallOptions install_options(const CommandLine &line) {
    return {.force = line.force,
            .stop_on_conflict = line.stop_on_conflict,
            .known_conflicts = line.known_conflicts};
}

CommandLine read_command_line(std::vector<std::string> words) {
    words.insert(words.begin(), "update-control");
    std::vector<char *> arguments;
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return read_command_line(static_cast<int>(words.size()), arguments.data());
}

} // namespace updater::control
