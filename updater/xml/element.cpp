#include "updater/xml/element.hpp"

#include "updater/text/printable.hpp"
#include "updater/xml/document_error.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <tinyxml2.h>

namespace updater::xml {
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

void Element::complain(const std::string &what) const {
    throw DocumentError(Fault::wrong, document_ + ", line " + std::to_string(element_->GetLineNum()) + ": <" +
                                          element_->Name() + "> " + what);
}

std::string Element::name() const {
    return element_->Name();
}

std::string Element::checked(std::string text, const std::string &where) const {
    if (text::holds_control_characters(text))
        complain("holds control characters" + where);
    return text;
}

std::optional<std::string> Element::optional_attribute(const char *name) {
    known_attributes_.insert(name);
    const char *value = element_->Attribute(name);
    if (value == nullptr)
        return std::nullopt;
    if (*value == '\0')
        complain(std::string("has an empty attribute ") + name);
    return checked(value, std::string(" in ") + name);
}

std::string Element::text_attribute(const char *name) {
    std::optional<std::string> value = optional_attribute(name);
    if (!value)
        complain(std::string("lacks the attribute ") + name);
    return *value;
}

std::string Element::path_attribute(const char *name) {
    std::string value = text_attribute(name);
    bool clean = value.front() == '/';
    for (const std::filesystem::path &part : std::filesystem::path(value))
        clean = clean && part != "." && part != "..";
    if (!clean)
        complain(std::string("needs an absolute path without . and .. in ") + name + ", not \"" + value +
                 "\"");
    return value;
}

std::uint64_t Element::number_attribute(const char *name, std::uint64_t min, std::uint64_t max,
                                        std::optional<std::uint64_t> if_absent) {
    if (if_absent && !optional_attribute(name))
        return *if_absent;
    const std::string value = text_attribute(name);
    std::uint64_t number = 0;
    const char *end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || rest != end || number < min || number > max)
        complain(std::string("needs a whole number from ") + std::to_string(min) + " to " +
                 std::to_string(max) + " in " + name + ", not \"" + value + "\"");
    return number;
}

bool Element::choice_attribute(const char *name, const char *yes, const char *no, bool if_absent) {
    const std::optional<std::string> value = optional_attribute(name);
    if (!value)
        return if_absent;
    if (*value != yes && *value != no)
        complain(std::string("knows only \"") + yes + "\" and \"" + no + "\" for " + name + ", not \"" +
                 *value + "\"");
    return *value == yes;
}

partitions::base::Sha256 Element::sha256_attribute(const char *name) {
    const auto hash = partitions::base::parse_sha256(text_attribute(name));
    if (!hash)
        complain(std::string("needs 64 lower-case hexadecimal digits in ") + name);
    return *hash;
}

std::string Element::text() {
    text_is_known_ = true;
    std::string text;
    for (const auto *node = element_->FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToComment() != nullptr)
            continue;
        if (node->ToElement() != nullptr)
            complain(std::string("holds the element <") + node->Value() + ">; only text is allowed");
        if (node->ToText() == nullptr)
            complain("holds a declaration; only text is allowed");
        text += node->Value();
    }
    constexpr const char *blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos)
        return {};
    return checked(text.substr(begin, text.find_last_not_of(blanks) - begin + 1), "");
}

Element Element::child(const char *name) {
    std::vector<Element> found = children(name);
    if (found.size() != 1)
        complain(std::string("needs exactly one <") + name + ">, it has " + std::to_string(found.size()));
    return found.front();
}

std::optional<Element> Element::optional_child(const char *name) {
    const std::vector<Element> found = children(name);
    if (found.size() > 1)
        complain(std::string("needs at most one <") + name + ">, it has " + std::to_string(found.size()));
    return found.empty() ? std::nullopt : std::optional(found.front());
}

std::vector<Element> Element::children(std::initializer_list<const char *> names) {
    known_children_.insert(names.begin(), names.end());
    std::vector<Element> found;
    for (const auto *one = element_->FirstChildElement(); one != nullptr; one = one->NextSiblingElement())
        if (std::ranges::find(names, std::string_view(one->Name())) != names.end())
            found.emplace_back(*one, document_);
    return found;
}

void Element::finish_attributes() const {
    for (const auto *attribute = element_->FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next())
        if (!known_attributes_.contains(attribute->Name()))
            complain(std::string("has an unknown attribute ") + attribute->Name() +
                     "; allowed: " + list_of(known_attributes_));
}

void Element::finish() const {
    finish_attributes();
    for (const auto *node = element_->FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToComment() != nullptr || (text_is_known_ && node->ToText() != nullptr))
            continue;
        const tinyxml2::XMLElement *element = node->ToElement();
        if (element == nullptr)
            complain("holds text; only elements are allowed: " + list_of(known_children_));
        if (!known_children_.contains(element->Name()))
            complain(std::string("holds an unknown element <") + element->Name() + "> in line " +
                     std::to_string(element->GetLineNum()) + "; allowed: " + list_of(known_children_));
    }
}

} // namespace updater::xml
