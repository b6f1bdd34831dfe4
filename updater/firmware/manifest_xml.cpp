// Checks on the elements of the manifest.
#include "updater/firmware/manifest_xml.hpp"

#include "updater/firmware/firmware_error.hpp"
#include "updater/text/printable.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace updater::firmware::manifest_xml {

using tinyxml2::XMLAttribute;
using tinyxml2::XMLElement;
using tinyxml2::XMLNode;

namespace {

constexpr std::size_t max_name_characters = 64;

bool contains(Names names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

void check_attributes(const XMLElement &element, const Shape &shape) {
    for (const XMLAttribute *attribute = element.FirstAttribute(); attribute; attribute = attribute->Next())
        if (!contains(shape.attributes, attribute->Name()) &&
            !contains(shape.optional_attributes, attribute->Name()))
            refuse(where(element) + " has the unknown attribute " + attribute->Name());
    for (const std::string_view name : shape.attributes)
        if (!element.Attribute(std::string(name).c_str()))
            refuse(where(element) + " lacks the attribute " + std::string(name));
}

void check_children(const XMLElement &element, const Shape &shape) {
    std::set<std::string_view> seen;
    for (const XMLNode *node = element.FirstChild(); node; node = node->NextSibling()) {
        if (node->ToComment() || (shape.text && node->ToText()))
            continue;
        const XMLElement *child = node->ToElement();
        if (!child)
            refuse(where(element) + " has text or a declaration where none belongs");
        const std::string_view name = child->Name();
        if (contains(shape.repeated_children, name))
            continue;
        if (!contains(shape.children, name) && !contains(shape.optional_children, name))
            refuse(where(element) + " has the unknown element " + where(*child));
        if (!seen.insert(name).second)
            refuse(where(element) + " has more than one element " + where(*child));
    }
    for (const std::string_view name : shape.children)
        if (!seen.contains(name))
            refuse(where(element) + " lacks the element <" + std::string(name) + ">");
}

/// Names end up in paths and messages: letters, digits and "._-+", the first a letter or digit.
std::string checked_name(const XMLElement &element, const std::string &name) {
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
        refuse(where(element) + ": a name has 1 to " + std::to_string(max_name_characters) +
               " letters, digits and \"._-+\" and begins with a letter or digit");
    return name;
}

} // namespace

void refuse(const std::string &what) {
    throw FirmwareRefused(FirmwareRefusal::wrong_manifest, "manifest: " + what);
}

std::string where(const XMLElement &element) {
    return "<" + std::string(element.Name()) + "> in line " + std::to_string(element.GetLineNum());
}

void check(const XMLElement &element, const Shape &shape) {
    check_attributes(element, shape);
    check_children(element, shape);
}

const XMLElement &child(const XMLElement &element, const char *name) {
    const XMLElement *found = element.FirstChildElement(name);
    if (!found)
        refuse(where(element) + " lacks the element <" + name + ">");
    return *found;
}

std::string checked_text(const XMLElement &element, std::string text) {
    if (text::holds_control_characters(text))
        refuse(where(element) + " has control characters");
    return text;
}

std::string text_of(const XMLElement &element) {
    std::string text;
    for (const XMLNode *node = element.FirstChild(); node; node = node->NextSibling())
        if (node->ToText())
            text += node->Value();
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos)
        return {};
    return checked_text(element, text.substr(begin, text.find_last_not_of(blanks) - begin + 1));
}

std::string attribute_of(const XMLElement &element, const char *name) {
    const char *value = element.Attribute(name);
    if (!value)
        refuse(where(element) + " lacks the attribute " + name);
    return value;
}

std::string name_in_text(const XMLElement &element) {
    check(element, {.text = true});
    return checked_name(element, text_of(element));
}

std::string name_in_attribute(const XMLElement &element, const char *name) {
    return checked_name(element, attribute_of(element, name));
}

std::uint64_t number_in_attribute(const XMLElement &element, const char *name, std::uint64_t max) {
    const std::string text = attribute_of(element, name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc() || end != text.data() + text.size() || leading_zero || value > max)
        refuse(where(element) + ": " + name + " is not a number from 0 to " + std::to_string(max));
    return value;
}

} // namespace updater::firmware::manifest_xml
