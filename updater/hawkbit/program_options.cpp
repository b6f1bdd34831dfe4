// Kept in step with update-hawkbit.8 and update-hawkbit.completion.
#include "updater/hawkbit/program_options.hpp"

#include "updater/text/word_table.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace updater::hawkbit {

namespace {

constexpr auto verbs = std::to_array<text::Word<Verb>>({{Verb::help, "--help"},
                                                        {Verb::version, "--version"},
                                                        {Verb::service, "--service"},
                                                        {Verb::once, "--once"},
                                                        {Verb::status, "--status"},
                                                        {Verb::confirm, "--confirm"},
                                                        {Verb::deny, "--deny"},
                                                        {Verb::poll, "--poll"}});
constexpr std::string_view json_option = "--json";
constexpr std::string_view remark_option = "--remark";

} // namespace

ProgramOptions read_program_options(int count, const char *const *words) {
    ProgramOptions options;
    std::optional<Verb> verb;
    for (int at = 1; at < count; ++at) {
        const std::string_view word = words[at];
        if (const auto found = text::value_of(verbs, word)) {
            if (verb)
                throw UsageError(std::string(word) + " cannot be used together with another action");
            verb = found;
        } else if (word == json_option) {
            options.json = true;
        } else if (word == remark_option && at + 1 < count) {
            options.remark = words[++at];
        } else {
            throw UsageError("'" + std::string(word) + "' is not understood here");
        }
    }
    if (!verb)
        throw UsageError("an action is needed");
    options.verb = *verb;
    const bool shows = options.verb == Verb::status || options.verb == Verb::once;
    if (options.json && !shows)
        throw UsageError("--json is for --status and --once only");
    if (!options.remark.empty() && options.verb != Verb::confirm && options.verb != Verb::deny)
        throw UsageError("--remark is for --confirm and --deny only");
    return options;
}

std::vector<std::string> option_names() {
    std::vector<std::string> names{std::string(json_option), std::string(remark_option)};
    for (const text::Word<Verb> &verb : verbs)
        names.emplace_back(verb.word);
    return names;
}

std::string usage_text() {
    return R"(Usage: update-hawkbit ACTION [OPTION]...

Follows a hawkBit server that says when this appliance installs which version.
What is installed comes from the vendor's signed feed all the same.

Actions:
      --status            show what the server wants, and what has become of it
      --confirm           say yes to the installation that the server asks about
      --deny              say no to it
      --poll              ask the server now
      --once              ask the server once, without the service
      --service           be the service update-hawkbit.service
      --help              show this text
      --version           show the version of this program

Options:
      --json              show it as JSON
      --remark TEXT       tell the server why, with --confirm or --deny

Settings: /etc/update-control/hawkbit.xml; without this file the service is off.
Manual: man update-hawkbit
)";
}

} // namespace updater::hawkbit
