#include "updater/configuration/strict_element.hpp"

#include "updater/configuration/appliance.hpp"

#include <charconv>
#include <filesystem>

namespace updater::configuration {
namespace {

std::string list_of(const std::set<std::string> &words) {
    if (words.empty())
        return "none";
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

void StrictElement::complain(const std::string &what) const {
    throw ConfigurationError(file_ + ", line " + std::to_string(element_->GetLineNum()) + ": <" +
                             element_->Name() + "> " + what);
}

std::optional<std::string> StrictElement::optional_attribute(const char *name) {
    known_attributes_.insert(name);
    const char *value = element_->Attribute(name);
    if (value == nullptr)
        return std::nullopt;
    if (*value == '\0')
        complain(std::string("has an empty attribute ") + name);
    return value;
}

std::string StrictElement::text_attribute(const char *name) {
    std::optional<std::string> value = optional_attribute(name);
    if (!value)
        complain(std::string("lacks the attribute ") + name);
    return *value;
}

std::string StrictElement::path_attribute(const char *name) {
    std::string value = text_attribute(name);
    bool clean = value.front() == '/';
    for (const std::filesystem::path &part : std::filesystem::path(value))
        clean = clean && part != "." && part != "..";
    if (!clean)
        complain(std::string("needs an absolute path without . and .. in ") + name + ", not \"" + value +
                 "\"");
    return value;
}

std::uint64_t StrictElement::number_attribute(const char *name, std::uint64_t least, std::uint64_t max,
                                              std::optional<std::uint64_t> if_absent) {
    if (if_absent && !optional_attribute(name))
        return *if_absent;
    const std::string value = text_attribute(name);
    std::uint64_t number = 0;
    const char *end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || rest != end || number < least || number > max)
        complain(std::string("needs a whole number from ") + std::to_string(least) + " to " +
                 std::to_string(max) + " in " + name + ", not \"" + value + "\"");
    return number;
}

std::chrono::seconds StrictElement::seconds_attribute(const char *name) {
    constexpr std::uint64_t a_week = 7 * 24 * 3600;
    return std::chrono::seconds(number_attribute(name, 1, a_week));
}

bool StrictElement::choice_attribute(const char *name, const char *yes, const char *no, bool if_absent) {
    const std::optional<std::string> value = optional_attribute(name);
    if (!value)
        return if_absent;
    if (*value != yes && *value != no)
        complain(std::string("knows only \"") + yes + "\" and \"" + no + "\" for " + name + ", not \"" +
                 *value + "\"");
    return *value == yes;
}

std::string StrictElement::text() const {
    std::string text;
    for (const auto *node = element_->FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToComment() != nullptr)
            continue;
        if (node->ToText() == nullptr)
            complain("may hold only text");
        text += node->Value();
    }
    constexpr const char *blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

StrictElement StrictElement::child(const char *name) {
    std::vector<StrictElement> found = children(name);
    if (found.size() != 1)
        complain(std::string("needs exactly one <") + name + ">, it has " + std::to_string(found.size()));
    return found.front();
}

std::optional<StrictElement> StrictElement::optional_child(const char *name) {
    const std::vector<StrictElement> found = children(name);
    if (found.size() > 1)
        complain(std::string("needs at most one <") + name + ">, it has " + std::to_string(found.size()));
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::vector<StrictElement> StrictElement::children(const char *name) {
    known_children_.insert(name);
    std::vector<StrictElement> found;
    for (const auto *one = element_->FirstChildElement(name); one != nullptr;
         one = one->NextSiblingElement(name))
        found.emplace_back(*one, file_);
    return found;
}

void StrictElement::finish() const {
    for (const auto *attribute = element_->FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next())
        if (!known_attributes_.contains(attribute->Name()))
            complain(std::string("has an unknown attribute ") + attribute->Name() +
                     "; allowed: " + list_of(known_attributes_));
    for (const auto *node = element_->FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToComment() != nullptr)
            continue;
        const tinyxml2::XMLElement *element = node->ToElement();
        if (element == nullptr)
            complain("holds text; only elements are allowed: " + list_of(known_children_));
        if (!known_children_.contains(element->Name()))
            complain(std::string("holds an unknown element <") + element->Name() + "> in line " +
                     std::to_string(element->GetLineNum()) + "; allowed: " + list_of(known_children_));
    }
}

} // namespace updater::configuration
