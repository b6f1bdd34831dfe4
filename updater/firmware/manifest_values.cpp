#include "updater/firmware/manifest_values.hpp"

#include <algorithm>
#include <string_view>

namespace updater::firmware::manifest_values {

namespace {

constexpr std::size_t max_name_characters = 64;

std::string checked_name(const xml::Element &element, const std::string &name) {
    const auto is_letter_or_digit = [](char character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
               (character >= '0' && character <= '9');
    };
    const auto allowed = [&](char character) {
        return is_letter_or_digit(character) ||
               std::string_view("._-+").find(character) != std::string_view::npos;
    };
    if (name.empty() || name.size() > max_name_characters || !is_letter_or_digit(name.front()) ||
        !std::ranges::all_of(name, allowed))
        element.complain("needs a name of 1 to " + std::to_string(max_name_characters) +
                         " letters, digits and \"._-+\" that begins with a letter or digit");
    return name;
}

} // namespace

std::string name_in_attribute(xml::Element &element, const char *name) {
    return checked_name(element, element.text_attribute(name));
}

std::string name_in_text(xml::Element element) {
    const std::string name = checked_name(element, element.text());
    element.finish();
    return name;
}

Version parse_version(const xml::Element &element, const std::string &text) {
    try {
        return Version::parse(text);
    } catch (const InvalidVersion &error) {
        element.complain(std::string("needs a version; ") + error.what());
    }
}

std::uint64_t number_in_attribute(xml::Element &element, const char *name, std::uint64_t max) {
    const std::string text = element.text_attribute(name);
    if (text.size() > 1 && text.front() == '0')
        element.complain(std::string("has leading zeros in ") + name);
    return element.number_attribute(name, 0, max);
}

std::string whole_text(xml::Element element) {
    std::string text = element.text();
    element.finish();
    return text;
}

} // namespace updater::firmware::manifest_values
