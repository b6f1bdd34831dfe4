// Reading ranges line by line; see the header.
#include "hooks/etc/subordinate_ids.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace hooks::etc {

namespace {

struct NumberRange {
    std::string name;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::optional<std::uint32_t> whole_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                                     : std::nullopt;
}

// NAME:FIRST:COUNT; other lines are ignored.
std::vector<NumberRange> ranges_in(std::string_view text) {
    std::vector<NumberRange> ranges;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name;
        std::string first;
        std::string count;
        if (std::getline(fields, name, ':') && std::getline(fields, first, ':') &&
            std::getline(fields, count))
            if (const auto begin = whole_number(first), length = whole_number(count); begin && length)
                ranges.push_back({name, *begin, std::uint64_t{*begin} + *length});
    }
    return ranges;
}

std::set<std::pair<std::string, std::string>> overlapping_names(std::string_view text) {
    std::set<std::pair<std::string, std::string>> names;
    const std::vector<NumberRange> ranges = ranges_in(text);
    for (const NumberRange &a : ranges)
        for (const NumberRange &b : ranges)
            if (a.name < b.name && a.begin < b.end && b.begin < a.end)
                names.emplace(a.name, b.name);
    return names;
}

} // namespace

std::string translate_subordinate_ids(const OwnerTranslation &owners, std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t line_end = text.find('\n');
        const std::string_view line = text.substr(0, line_end);
        const std::size_t name_end = std::min(line.find(':'), line.size());
        const auto number = whole_number(line.substr(0, name_end));
        result += number ? std::to_string(owners.user(*number)) : std::string(line.substr(0, name_end));
        result += line.substr(name_end);
        result += line_end == std::string_view::npos ? "" : "\n";
        text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    }
    return result;
}

std::vector<std::string> new_overlaps(std::string_view merged, const std::vector<std::string_view> &known) {
    auto names = overlapping_names(merged);
    for (const std::string_view text : known)
        for (const auto &pair : overlapping_names(text))
            names.erase(pair);
    std::vector<std::string> texts;
    for (const auto &[a, b] : names)
        texts.push_back("the ranges of " + a + " and " + b + " have numbers in common");
    return texts;
}

} // namespace hooks::etc
