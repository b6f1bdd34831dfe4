// Text of GRUB's environment block. Format: see the header.
#include "partitions/grub_environment.hpp"

#include <algorithm>

namespace partitions {

namespace {

constexpr std::string_view header = "# GRUB Environment Block\n";

// Takes the value off the front, its closing newline included.
std::string take_value(std::string_view &rest, const std::string &name) {
    std::string value;
    while (!rest.empty()) {
        const char character = rest.front();
        rest.remove_prefix(1);
        if (character == '\n')
            return value;
        if (character == '\\' && !rest.empty()) {
            value += rest.front();
            rest.remove_prefix(1);
        } else {
            value += character;
        }
    }
    throw GrubEnvironmentDamaged("the GRUB environment block ends in the middle of the variable " + name);
}

std::string escaped(std::string_view value) {
    std::string result;
    for (const char character : value) {
        if (character == '\\' || character == '\n')
            result += '\\';
        result += character;
    }
    return result;
}

} // namespace

GrubEnvironment GrubEnvironment::parse(std::string_view block) {
    if (block.size() != block_bytes)
        throw GrubEnvironmentDamaged("the GRUB environment block has " + std::to_string(block.size()) +
                                     " bytes instead of " + std::to_string(block_bytes));
    if (!block.starts_with(header))
        throw GrubEnvironmentDamaged(
            "the GRUB environment block does not begin with '# GRUB Environment Block'");
    GrubEnvironment environment;
    std::string_view rest = block.substr(header.size());
    while (!rest.empty()) {
        if (rest.front() == '#') { // a comment, or the filling, which has no newline
            const std::size_t end = rest.find('\n');
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            continue;
        }
        const std::size_t equals = rest.find_first_of("=\n");
        if (equals == std::string_view::npos || equals == 0 || rest[equals] == '\n')
            throw GrubEnvironmentDamaged("the GRUB environment block holds a line that is no NAME=VALUE");
        const std::string name(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        // GRUB's load_env sets one variable after the other: of two with one name the last counts.
        std::string value = take_value(rest, name);
        environment.unset(name);
        environment.variables_.emplace_back(name, std::move(value));
    }
    return environment;
}

std::string GrubEnvironment::serialize() const {
    std::string block(header);
    for (const auto &[name, value] : variables_)
        block += name + '=' + escaped(value) + '\n';
    if (block.size() > usable_bytes) {
        throw GrubEnvironmentFull("its variables would take " + std::to_string(block.size()) +
                                  " bytes; more than " + std::to_string(usable_bytes) +
                                  " could be torn by a power cut, so variables that are not the updater's "
                                  "have to go");
    }
    block.resize(block_bytes, '#');
    return block;
}

std::optional<std::string> GrubEnvironment::get(std::string_view name) const {
    const auto found =
        std::ranges::find(variables_, name, [](const auto &variable) { return variable.first; });
    return found == variables_.end() ? std::nullopt : std::optional(found->second);
}

void GrubEnvironment::set(std::string_view name, std::string_view value) {
    if (name.empty() || name.find_first_of(std::string_view("=#\n\\ \t\0", 7)) != std::string_view::npos ||
        value.find('\0') != std::string_view::npos)
        throw std::invalid_argument("not a variable of the GRUB environment: '" + std::string(name) + "'");
    const auto found =
        std::ranges::find(variables_, name, [](const auto &variable) { return variable.first; });
    if (found == variables_.end())
        variables_.emplace_back(name, value);
    else
        found->second = value;
}

void GrubEnvironment::unset(std::string_view name) {
    std::erase_if(variables_, [name](const auto &variable) { return variable.first == name; });
}

} // namespace partitions
