#include "updater/node/role.hpp"

#include "updater/text/word_table.hpp"

#include <algorithm>
#include <array>

namespace updater::node {

namespace {

constexpr const char *role_program = "role";
constexpr std::size_t max_role_bytes = 64;
constexpr auto verb_words = std::to_array<text::Word<RoleVerb>>(
    {{RoleVerb::show, "show"}, {RoleVerb::take, "take"}, {RoleVerb::give, "give"}});

bool is_role(const std::string &word) {
    return !word.empty() && word.size() <= max_role_bytes && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

} // namespace

std::optional<RoleVerb> role_verb_of(const std::string &word) {
    return text::value_of(verb_words, word);
}

std::string role_in(const std::vector<std::string> &lines) {
    const std::string prefix = "role ";
    for (const std::string &line : lines)
        if (line.starts_with(prefix) && is_role(line.substr(prefix.size())))
            return line.substr(prefix.size());
    throw ProgramFailed(
        "the product's program for the role did not say which one the node has (\"role WORD\")");
}

bool Role::is_known_here() const {
    return programs_.has(role_program);
}

std::string Role::carry_out(RoleVerb verb, const std::stop_token &stop) {
    return role_in(programs_.run({.program = role_program,
                                  .arguments = {std::string(text::word_of(verb_words, verb))},
                                  .only_looks = verb == RoleVerb::show},
                                 stop));
}

} // namespace updater::node
