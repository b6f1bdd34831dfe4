#include "updater/control/forced_command.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <vector>

namespace updater::control {

namespace {

constexpr std::array names{
    "status",         "list",          "follow",  "check",       "cancel",          "rollback",
    "install-rate",   "download",      "install", "install-any", "schedule",        "postpone",
    "support-bundle", "drop-previous", "backup",  "snapshot",    "snapshot-export", "restore",
    "drain",          "resume",        "role",    "test-message"};

std::set<std::string> names_in(std::string_view allowed) {
    std::set<std::string> found;
    std::istringstream words{std::string(allowed)};
    for (std::string word; std::getline(words, word, ',');) {
        if (std::ranges::find(names, word) == names.end())
            throw UsageError("--forced does not know \"" + word + "\"");
        found.insert(word);
    }
    return found;
}

/// Splits at blanks. Characters that have a meaning in a shell are refused, because the caller may expect
/// that meaning.
std::vector<std::string> words_of(const std::string &command) {
    const auto plain = [](char character) {
        return character == ' ' ||
               (character > ' ' && character < '\x7f' &&
                std::string_view("\"'`\\$;|&<>(){}*?!#").find(character) == std::string_view::npos);
    };
    if (!std::ranges::all_of(command, plain))
        throw UsageError(
            "a command over this key has words and blanks only, no quotes and no shell characters");
    std::istringstream stream(command);
    std::vector<std::string> words;
    bool in_time = false; // after an option that takes a time
    bool begun = false;   // and after the first word of that time
    for (std::string word; stream >> word;) {
        const bool is_option = word.starts_with('-');
        // The caller's shell has removed the quotes around "Sun 03:00".
        if (in_time && begun && !is_option)
            words.back() += " " + word;
        else
            words.push_back(word);
        begun = !is_option || word.find('=') != std::string::npos;
        if (is_option)
            in_time = word.starts_with("--at") || word.starts_with("--postpone-until");
    }
    if (!words.empty() && words.front().substr(words.front().rfind('/') + 1) == "update-control")
        words.erase(words.begin());
    return words;
}

/// An export holds passwords and keys. What changes settings, or reads and writes files of the appliance, is
/// in no list, so no key can be allowed to do it.
std::string name_of_snapshot(const SnapshotWish &wish) {
    const bool names_files = !wish.password_file.empty() || !wish.certificate_file.empty();
    if (wish.verb == "export" && wish.file == "-" && !names_files)
        return "snapshot-export";
    return wish.verb == "create" || wish.verb == "list" || wish.verb == "show" ? "snapshot"
                                                                               : "--snapshot " + wish.verb;
}

/// The names that must all be allowed for this action; none: everybody may do it.
std::vector<std::string> names_of(const CommandLine &line) {
    switch (line.action) {
    case Action::install:
        return {line.source.empty() && !line.force ? "install" : "install-any"};
    case Action::schedule:
        return line.source.empty() && !line.force ? std::vector<std::string>{"schedule"}
                                                  : std::vector<std::string>{"schedule", "install-any"};
    case Action::cancel_scheduled:
        return {"schedule"};
    case Action::postpone:
        return {"postpone"};
    case Action::something_may_be_due:
        return {"window"}; // for timers only: not in `names`, so no key can be allowed to do this
    case Action::snapshot:
        return {name_of_snapshot(line.snapshot)};
    case Action::support_bundle:
        // Its owner must not choose a file that root writes.
        return {line.source == "-" ? "support-bundle" : "a support bundle in a file"};
    case Action::wizard:
        return {"wizard"}; // for people at a terminal: no key can be allowed to do this either
    case Action::download:
        return {line.source.empty() ? "download" : "install-any"};
    case Action::list:
        return {"list"};
    case Action::status:
    case Action::history:
        return {"status"};
    case Action::follow:
        return {"follow"};
    case Action::cancel:
        return {"cancel"};
    case Action::roll_back:
        return {"rollback"};
    case Action::drop_previous:
        // By force it also removes mail that nothing else has.
        return line.force ? std::vector<std::string>{"drop-previous", "install-any"}
                          : std::vector<std::string>{"drop-previous"};
    case Action::install_rate:
        return {"install-rate"};
    case Action::refresh:
        return {"check"};
    case Action::check_firmware:
    case Action::dry_run:
        return line.source.empty() ? std::vector<std::string>{"check"}
                                   : std::vector<std::string>{"check", "install-any"};
    case Action::verify:
        return {"check"};
    case Action::back_up:
        // By force the copy takes the place of the previous system.
        return line.force ? std::vector<std::string>{"backup", "drop-previous"}
                          : std::vector<std::string>{"backup"};
    case Action::restore:
        return {"restore"};
    case Action::drain:
        return {"drain"};
    case Action::resume:
        return {"resume"};
    case Action::role:
        return {"role"};
    case Action::test_message:
        return {"test-message"};
    case Action::explain:
    case Action::help:
    case Action::version:
        return {};
    }
    throw std::logic_error("an action without a name");
}

} // namespace

CommandLine read_forced_command(std::string_view allowed, const char *original) {
    const std::set<std::string> may = names_in(allowed);
    const std::string list = "this key may only be used for: " + std::string(allowed);
    if (original == nullptr)
        throw NotAllowed("there is no login with this key; " + list);
    const CommandLine line = read_command_line(words_of(original));
    for (const std::string &name : names_of(line)) {
        const bool allowed_too = name == "install" && may.contains("install-any");
        if (!may.contains(name) && !allowed_too)
            throw NotAllowed("not allowed: " + name + "; " + list);
    }
    return line;
}

} // namespace updater::control
