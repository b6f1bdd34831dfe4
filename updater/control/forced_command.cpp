#include "updater/control/forced_command.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <vector>

namespace updater {

namespace {

constexpr std::array names{"status",   "list",         "follow",   "check",   "cancel",
                           "rollback", "install-rate", "download", "install", "install-any"};

std::set<std::string> names_in(std::string_view allowed) {
    std::set<std::string> found;
    std::istringstream words{std::string(allowed)};
    for (std::string word; std::getline(words, word, ',');) {
        if (std::ranges::find(names, word) == names.end())
            throw UsageError("--forced knows no \"" + word + "\"");
        found.insert(word);
    }
    return found;
}

/// Words between blanks. What means something to a shell means nothing here, so it is refused instead of
/// being taken by its letters.
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
    for (std::string word; stream >> word;)
        words.push_back(word);
    if (!words.empty() && words.front().substr(words.front().rfind('/') + 1) == "update-control")
        words.erase(words.begin());
    return words;
}

CommandLine read_words(std::vector<std::string> words) {
    words.insert(words.begin(), "update-control");
    std::vector<char *> arguments;
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return read_command_line(static_cast<int>(words.size()), arguments.data());
}

/// What has to be allowed for this; empty: everyone may.
std::string name_of(const CommandLine &line) {
    switch (line.action) {
    case Action::install:
        return line.source.empty() && !line.force ? "install" : "install-any";
    case Action::download:
        return line.source.empty() ? "download" : "install-any";
    case Action::list:
        return "list";
    case Action::status:
        return "status";
    case Action::follow:
        return "follow";
    case Action::cancel:
        return "cancel";
    case Action::roll_back:
        return "rollback";
    case Action::install_rate:
        return "install-rate";
    case Action::check:
        return "check";
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
    const CommandLine line = read_words(words_of(original));
    const std::string name = name_of(line);
    const bool allowed_too = name == "install" && may.contains("install-any");
    if (!name.empty() && !may.contains(name) && !allowed_too)
        throw NotAllowed("not allowed: " + name + "; " + list);
    return line;
}

} // namespace updater
