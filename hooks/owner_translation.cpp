// Matches the numbers of two systems by name; see the header.
#include "hooks/owner_translation.hpp"

#include <charconv>

namespace hooks {

namespace {

// name -> number; in both files the name is the first field and the number the third (passwd(5), group(5)).
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

std::map<id_t, id_t> changed_numbers(std::string_view old_text, std::string_view new_text) {
    const auto new_numbers = numbers_by_name(new_text);
    std::map<id_t, id_t> changed;
    for (const auto &[name, number] : numbers_by_name(old_text))
        if (const auto found = new_numbers.find(name); found != new_numbers.end() && found->second != number)
            changed.emplace(number, found->second);
    return changed;
}

std::map<id_t, std::string> taken_numbers(const char *kind, std::string_view old_text,
                                          std::string_view new_text) {
    const auto old_numbers = numbers_by_name(old_text);
    const auto new_numbers = numbers_by_name(new_text);
    std::map<id_t, std::string> names; // of the new system
    for (const auto &[name, number] : new_numbers)
        names.emplace(number, name);
    std::map<id_t, std::string> taken;
    for (const auto &[name, number] : old_numbers)
        if (const auto found = names.find(number); found != names.end() && !new_numbers.contains(name))
            taken.emplace(number, std::string(kind) + " " + name + " is no more, its number " +
                                      std::to_string(number) + " is that of " + found->second);
    // Another name of the same number lives on.
    for (const auto &[name, number] : old_numbers)
        if (new_numbers.contains(name))
            taken.erase(number);
    return taken;
}

std::optional<std::string> text_for(const std::map<id_t, std::string> &texts, id_t number) {
    const auto found = texts.find(number);
    return found == texts.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

OwnerTranslation::OwnerTranslation(std::string_view old_passwd, std::string_view new_passwd,
                                   std::string_view old_group, std::string_view new_group)
    : users_(changed_numbers(old_passwd, new_passwd)), groups_(changed_numbers(old_group, new_group)),
      other_users_(taken_numbers("user", old_passwd, new_passwd)),
      other_groups_(taken_numbers("group", old_group, new_group)) {}

uid_t OwnerTranslation::user(uid_t old_number) const {
    const auto found = users_.find(old_number);
    return found == users_.end() ? old_number : found->second;
}

gid_t OwnerTranslation::group(gid_t old_number) const {
    const auto found = groups_.find(old_number);
    return found == groups_.end() ? old_number : found->second;
}

std::optional<std::string> OwnerTranslation::other_user(uid_t old_number) const {
    return text_for(other_users_, old_number);
}

std::optional<std::string> OwnerTranslation::other_group(gid_t old_number) const {
    return text_for(other_groups_, old_number);
}

} // namespace hooks
