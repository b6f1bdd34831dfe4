#include "hooks/policy/policy_xml.hpp"

#include "hooks/policy/policy_not_understood.hpp"

#include <algorithm>

namespace hooks::policy {

using tinyxml2::XMLDocument;
using tinyxml2::XMLElement;
using tinyxml2::XMLNode;

bool is_one_of(std::string_view text, Words allowed) {
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
}

void parse(XMLDocument &document, std::string_view xml) {
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        throw PolicyNotUnderstood(std::string("it is not well-formed XML: ") + document.ErrorStr());
}

const XMLElement &policy_element(const XMLDocument &document) {
    const XMLElement *root = document.RootElement();
    if (root == nullptr || std::string_view(root->Name()) != "policy")
        throw PolicyNotUnderstood("its outermost element is not <policy>");
    if (root->NextSiblingElement() != nullptr)
        throw PolicyNotUnderstood("there is more than one outermost element");
    return *root;
}

void allow_attributes(const XMLElement &element, Words allowed) {
    for (const tinyxml2::XMLAttribute *attribute = element.FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next())
        if (!is_one_of(attribute->Name(), allowed))
            throw PolicyNotUnderstood(std::string("<") + element.Name() + "> has an unknown attribute \"" +
                                      attribute->Name() + "\"");
}

void allow_children(const XMLElement &element, Words allowed) {
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

std::string choice_of(const XMLElement &element, const char *name, Words allowed) {
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

} // namespace hooks::policy
