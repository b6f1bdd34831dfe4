// Matches the numbers of two systems by name; see the header.
#include "hooks/owner_translation.hpp"

#include <charconv>

namespace hooks {

namespace {

constexpr id_t first_unassigned_number = 1879048192;
constexpr id_t unassigned_numbers = 268435456;

} // namespace

std::map<std::string, id_t, std::less<>> numbers_by_name(std::string_view text) {
    std::map<std::string, id_t, std::less<>> numbers;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos)
            continue;
        const char *number_begin = line.data() + second + 1;
        id_t number = 0;
        const auto [number_end, error] = std::from_chars(number_begin, line.data() + line.size(), number);
        if (error == std::errc() && number_end != number_begin)
            numbers.emplace(line.substr(0, first), number);
    }
    return numbers;
}

id_t unassigned_number(id_t number) {
    return first_unassigned_number + number % unassigned_numbers;
}

OwnerTranslation::OwnerTranslation(std::string_view old_passwd, std::string_view new_passwd,
                                   std::string_view old_group, std::string_view new_group)
    : users_(old_passwd, new_passwd), groups_(old_group, new_group) {}

OwnerTranslation::Numbers::Numbers(std::string_view old_text, std::string_view new_text) {
    const auto new_numbers = numbers_by_name(new_text);
    for (const auto &[name, number] : new_numbers)
        new_names_.emplace(number, name);
    for (const auto &[name, number] : numbers_by_name(old_text)) {
        old_names_.emplace(number, name);
        if (const auto found = new_numbers.find(name); found != new_numbers.end())
            surviving_.emplace(number, found->second);
    }
}

bool OwnerTranslation::Numbers::is_taken(id_t old_number) const {
    return !surviving_.contains(old_number) && new_names_.contains(old_number);
}

id_t OwnerTranslation::Numbers::translate(id_t old_number) const {
    if (is_taken(old_number))
        return unassigned_number(old_number);
    const auto found = surviving_.find(old_number);
    return found == surviving_.end() ? old_number : found->second;
}

std::optional<std::string> OwnerTranslation::Numbers::taken_by_another(const char *kind,
                                                                       id_t old_number) const {
    if (!is_taken(old_number))
        return std::nullopt;
    const std::string number = std::to_string(old_number);
    const auto name = old_names_.find(old_number);
    return (name == old_names_.end()
                ? std::string(kind) + " " + number + " has no name, and the number"
                : std::string(kind) + " " + name->second + " is no more, its number " + number) +
           " is that of " + new_names_.at(old_number);
}

} // namespace hooks
