#include "hooks/policy/policy_format.hpp"

#include "hooks/policy/policy_not_understood.hpp"
#include "hooks/policy/policy_xml.hpp"

#include <algorithm>
#include <array>
#include <tinyxml2.h>

namespace hooks::policy {

namespace {

using tinyxml2::XMLDocument;
using tinyxml2::XMLElement;

struct KindNames {
    std::string_view format_1;
    std::string_view format_2;
};

constexpr std::array<KindNames, 3> kinds = {{
    {"words", "body-words"},
    {"senders", "sender-address"},
    {"notice", "always"},
}};

/// Parses the text and checks the outermost element.
const XMLElement &open_policy(XMLDocument &document, std::string_view xml, std::string_view format,
                              Words attributes, Words children) {
    parse(document, xml);
    const XMLElement &policy = policy_element(document);
    allow_attributes(policy, attributes);
    choice_of(policy, "format", {format});
    allow_children(policy, children);
    return policy;
}

std::string without_white_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
    return text;
}

std::string trimmed(const std::string &text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string description_of(const XMLElement &policy) {
    const XMLElement *description = policy.FirstChildElement("description");
    if (description == nullptr)
        return {};
    allow_attributes(*description, {});
    return text_of(*description);
}

void check_action_fits(const PolicyObject &object) {
    if (!is_one_of(object.action, {"reject", "tag", "header"}))
        throw PolicyNotUnderstood("the action \"" + object.action + "\" is unknown");
    if ((object.kind == "notice") != (object.action == "header"))
        throw PolicyNotUnderstood("the action \"" + object.action + "\" does not fit a policy of type " +
                                  object.kind);
}

std::string encoded_value_of(const XMLElement &parent) {
    const XMLElement &value = child_of(parent, "value");
    allow_attributes(value, {"encoding"});
    choice_of(value, "encoding", {"base64"});
    return without_white_space(text_of(value));
}

} // namespace

std::string_view kind_in_format_2(std::string_view kind) {
    return std::ranges::find(kinds, kind, &KindNames::format_1)->format_2;
}

int policy_format_of(std::string_view xml) {
    XMLDocument document;
    parse(document, xml);
    int format = 0;
    if (policy_element(document).QueryIntAttribute("format", &format) != tinyxml2::XML_SUCCESS)
        throw PolicyNotUnderstood("<policy> has no format number");
    return format;
}

PolicyObject read_policy_format_1(std::string_view xml) {
    XMLDocument document;
    const XMLElement &policy =
        open_policy(document, xml, "1", {"format", "name", "enabled"}, {"description", "list", "action"});
    PolicyObject object;
    object.name = attribute_of(policy, "name");
    object.active =
        policy.Attribute("enabled") == nullptr || choice_of(policy, "enabled", {"yes", "no"}) == "yes";
    object.description = description_of(policy);
    const XMLElement &list = child_of(policy, "list");
    allow_attributes(list, {"type"});
    object.kind = choice_of(list, "type", {"words", "senders", "notice"});
    object.value = without_white_space(text_of(list));
    const XMLElement &action = child_of(policy, "action");
    allow_attributes(action, {});
    object.action = trimmed(text_of(action));
    check_action_fits(object);
    return object;
}

PolicyObject read_policy_format_2(std::string_view xml) {
    XMLDocument document;
    const XMLElement &policy =
        open_policy(document, xml, "2", {"format", "name", "state"}, {"description", "match", "action"});
    PolicyObject object;
    object.name = attribute_of(policy, "name");
    object.active = choice_of(policy, "state", {"active", "inactive"}) == "active";
    object.description = description_of(policy);
    const XMLElement &match = child_of(policy, "match");
    const XMLElement &action = child_of(policy, "action");
    allow_attributes(match, {"kind"});
    allow_attributes(action, {"kind"});
    const std::string match_kind = choice_of(match, "kind", {"body-words", "sender-address", "always"});
    object.kind = std::ranges::find(kinds, match_kind, &KindNames::format_2)->format_1;
    const bool notice = object.kind == "notice";
    if (notice)
        allow_children(match, {});
    else
        allow_children(action, {});
    allow_children(notice ? action : match, {"value"});
    object.value = encoded_value_of(notice ? action : match);
    object.action = attribute_of(action, "kind");
    check_action_fits(object);
    return object;
}

} // namespace hooks::policy
