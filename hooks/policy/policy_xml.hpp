// Strict reading of the XML of policy objects: only what a format names is there. Knows no format. All throw
// PolicyNotUnderstood.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <tinyxml2.h>

namespace hooks::policy {

using Words = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view text, Words allowed);

void parse(tinyxml2::XMLDocument &document, std::string_view xml);

/// The root element; it is <policy>, and beside it are only comments and the declaration.
const tinyxml2::XMLElement &policy_element(const tinyxml2::XMLDocument &document);

void allow_attributes(const tinyxml2::XMLElement &element, Words allowed);
/// Each of these elements at most once, and no other; comments anywhere; text nowhere but white space.
void allow_children(const tinyxml2::XMLElement &element, Words allowed);

std::string attribute_of(const tinyxml2::XMLElement &element, const char *name);
/// An attribute that has one of these values.
std::string choice_of(const tinyxml2::XMLElement &element, const char *name, Words allowed);
const tinyxml2::XMLElement &child_of(const tinyxml2::XMLElement &element, const char *name);
/// All text of the element, also behind comments (where XMLElement::GetText would stop).
std::string text_of(const tinyxml2::XMLElement &element);

} // namespace hooks::policy
