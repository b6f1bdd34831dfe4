// Names in a text, such as the options in a help text, for comparing texts that must name the same.
#pragma once

#include <regex>
#include <set>
#include <string>

namespace found_names {

using Names = std::set<std::string>;

/// The first group of every match.
inline Names found_in(const std::string &text, const char *expression) {
    const std::regex pattern(expression);
    Names found;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
        found.insert((*match)[1]);
    return found;
}

inline std::string joined_names(const Names &names) {
    std::string text;
    for (const std::string &name : names)
        text += name + " ";
    return text;
}

} // namespace found_names
