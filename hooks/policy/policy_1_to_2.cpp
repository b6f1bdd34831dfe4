#include "hooks/policy/policy_1_to_2.hpp"

#include "hooks/policy/macro_search.hpp"
#include "hooks/policy/policy_format.hpp"
#include "hooks/policy/policy_not_understood.hpp"
#include "hooks/policy/policy_xml.hpp"

#include <tinyxml2.h>

namespace hooks::policy {

namespace {

using tinyxml2::XMLDocument;
using tinyxml2::XMLElement;
using tinyxml2::XMLNode;

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
    match->SetAttribute("kind", std::string(kind_in_format_2(object.kind)).c_str());
    action->SetAttribute("kind", object.action.c_str());
    add_value(object.kind == "notice" ? *action : *match, list);
}

} // namespace

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
