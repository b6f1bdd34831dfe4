// The policy objects' XML in formats 1 and 2: reading and checking. Touches no file.
// Format: image/product/policy-format.md.
#pragma once

#include <string>
#include <string_view>

namespace hooks::policy {

/// A policy object, whatever format it was read from: what must be the same before and after a conversion.
struct PolicyObject {
    std::string name;
    bool active = true;
    std::string description; ///< empty: none
    std::string kind;        ///< words, senders or notice, the terms of format 1
    std::string value;       ///< the base64 text, white space removed
    std::string action;      ///< reject, tag or header
    bool operator==(const PolicyObject &) const = default;
};

/// Exactly what the formats allow; unknown elements, attributes and values throw PolicyNotUnderstood.
PolicyObject read_policy_format_1(std::string_view xml);
PolicyObject read_policy_format_2(std::string_view xml);

/// The name that format 2 has for PolicyObject::kind.
std::string_view kind_in_format_2(std::string_view kind);

/// The number in policy/@format. Throws PolicyNotUnderstood if the text is no XML or has no such number.
int policy_format_of(std::string_view xml);

} // namespace hooks::policy
