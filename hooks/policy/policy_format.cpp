// Reading and converting policy objects with tinyxml2; see the header.
#include "hooks/policy/policy_format.hpp"

#include "hooks/policy/macro_search.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <tinyxml2.h>

namespace hooks::policy {

namespace {

using tinyxml2::XMLDocument;
using tinyxml2::XMLElement;
using tinyxml2::XMLNode;

struct KindNames {
    std::string_view format_1;
    std::string_view format_2;
};

constexpr std::array<KindNames, 3> kinds = {{
    {"words", "body-words"},
    {"senders", "sender-address"},
    {"notice", "always"},
}};

void parse(XMLDocument &document, std::string_view xml) {
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        throw PolicyNotUnderstood(std::string("it is not well-formed XML: ") + document.ErrorStr());
}

// The root element, after checking its name, and that only comments and the declaration are beside it.
const XMLElement &policy_element(const XMLDocument &document) {
    const XMLElement *root = document.RootElement();
    if (root == nullptr || std::string_view(root->Name()) != "policy")
        throw PolicyNotUnderstood("its outermost element is not <policy>");
    if (root->NextSiblingElement() != nullptr)
        throw PolicyNotUnderstood("there is more than one outermost element");
    return *root;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> allowed) {
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
}

void allow_attributes(const XMLElement &element, std::initializer_list<std::string_view> allowed) {
    for (const tinyxml2::XMLAttribute *attribute = element.FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next())
        if (!is_one_of(attribute->Name(), allowed))
            throw PolicyNotUnderstood(std::string("<") + element.Name() + "> has an unknown attribute \"" +
                                      attribute->Name() + "\"");
}

// Each element among the children at most once, and only these; comments anywhere, text nowhere but white
// space.
void allow_children(const XMLElement &element, std::initializer_list<std::string_view> allowed) {
    for (const XMLNode *node = element.FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToComment() != nullptr)
            continue;
        const XMLElement *child = node->ToElement();
        if (child == nullptr)
            throw PolicyNotUnderstood(std::string("text where <") + element.Name() +
                                      "> may have elements only");
        if (!is_one_of(child->Name(), allowed))
            throw PolicyNotUnderstood(std::string("<") + element.Name() + "> holds an unknown element <" +
                                      child->Name() + ">");
        if (child->NextSiblingElement(child->Name()) != nullptr)
            throw PolicyNotUnderstood(std::string("more than one <") + child->Name() + "> in <" +
                                      element.Name() + ">");
    }
}

std::string attribute_of(const XMLElement &element, const char *name) {
    const char *value = element.Attribute(name);
    if (value == nullptr)
        throw PolicyNotUnderstood(std::string("<") + element.Name() + "> lacks the attribute \"" + name +
                                  "\"");
    return value;
}

std::string choice_of(const XMLElement &element, const char *name,
                      std::initializer_list<std::string_view> allowed) {
    std::string value = attribute_of(element, name);
    if (!is_one_of(value, allowed))
        throw PolicyNotUnderstood(std::string("<") + element.Name() + " " + name + "=\"" + value +
                                  "\"> is not a known value");
    return value;
}

const XMLElement &child_of(const XMLElement &element, const char *name) {
    const XMLElement *child = element.FirstChildElement(name);
    if (child == nullptr)
        throw PolicyNotUnderstood(std::string("<") + element.Name() + "> lacks the element <" + name + ">");
    return *child;
}

// All text of the element, also behind comments (where XMLElement::GetText would stop).
std::string text_of(const XMLElement &element) {
    std::string text;
    for (const XMLNode *node = element.FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToText() != nullptr)
            text += node->Value();
        else if (node->ToComment() == nullptr)
            throw PolicyNotUnderstood(std::string("<") + element.Name() + "> may hold text only");
    }
    return text;
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

// Appends copies of the children of `from` to `to`: the text piece by piece as it stands, CDATA and comments
// too.
void copy_children(const XMLElement &from, XMLElement &to) {
    for (const XMLNode *node = from.FirstChild(); node != nullptr; node = node->NextSibling())
        to.InsertEndChild(node->DeepClone(to.GetDocument()));
}

void copy_comments(const XMLNode &from, XMLNode &to) {
    for (const XMLNode *node = from.FirstChild(); node != nullptr; node = node->NextSibling())
        if (node->ToComment() != nullptr)
            to.InsertEndChild(node->DeepClone(to.GetDocument()));
}

void add_value(XMLElement &parent, const XMLElement &list) {
    XMLElement *value = parent.InsertNewChildElement("value");
    value->SetAttribute("encoding", "base64");
    copy_children(list, *value);
}

void build_format_2(const XMLDocument &old_document, const PolicyObject &object, XMLDocument &document) {
    const XMLElement &old_policy = *old_document.RootElement();
    const XMLElement &list = *old_policy.FirstChildElement("list");
    document.InsertFirstChild(document.NewDeclaration());
    copy_comments(old_document, document);

    XMLElement *policy = document.NewElement("policy");
    document.InsertEndChild(policy);
    policy->SetAttribute("format", 2);
    policy->SetAttribute("name", object.name.c_str());
    policy->SetAttribute("state", object.active ? "active" : "inactive");
    copy_comments(old_policy, *policy);
    if (const XMLElement *description = old_policy.FirstChildElement("description"))
        copy_children(*description, *policy->InsertNewChildElement("description"));

    XMLElement *match = policy->InsertNewChildElement("match");
    XMLElement *action = policy->InsertNewChildElement("action");
    const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                   [&](const KindNames &names) { return names.format_1 == object.kind; });
    match->SetAttribute("kind", std::string(kind->format_2).c_str());
    action->SetAttribute("kind", object.action.c_str());
    add_value(object.kind == "notice" ? *action : *match, list);
}

} // namespace

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
    parse(document, xml);
    const XMLElement &policy = policy_element(document);
    allow_attributes(policy, {"format", "name", "enabled"});
    choice_of(policy, "format", {"1"});
    allow_children(policy, {"description", "list", "action"});

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
    parse(document, xml);
    const XMLElement &policy = policy_element(document);
    allow_attributes(policy, {"format", "name", "state"});
    choice_of(policy, "format", {"2"});
    allow_children(policy, {"description", "match", "action"});

    PolicyObject object;
    object.name = attribute_of(policy, "name");
    object.active = choice_of(policy, "state", {"active", "inactive"}) == "active";
    object.description = description_of(policy);
    const XMLElement &match = child_of(policy, "match");
    const XMLElement &action = child_of(policy, "action");
    allow_attributes(match, {"kind"});
    allow_attributes(action, {"kind"});
    const std::string match_kind = choice_of(match, "kind", {"body-words", "sender-address", "always"});
    object.kind = std::find_if(kinds.begin(), kinds.end(), [&](const KindNames &names) {
                      return names.format_2 == match_kind;
                  })->format_1;
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

std::string convert_policy_1_to_2(std::string_view xml) {
    const PolicyObject object = read_policy_format_1(xml);
    XMLDocument old_document;
    parse(old_document, xml);
    XMLDocument document;
    build_format_2(old_document, object, document);
    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    std::string result = printer.CStr();
    if (!result.ends_with('\n'))
        result += '\n';

    // Checks the document as read back, not as intended.
    if (read_policy_format_2(result) != object)
        throw PolicyNotUnderstood("after its conversion it no longer says the same");
    XMLDocument read_back;
    parse(read_back, result);
    if (find_macros(read_back) != find_macros(old_document))
        throw PolicyNotUnderstood("its conversion changed the number of its macros");
    return result;
}

} // namespace hooks::policy
