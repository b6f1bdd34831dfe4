// The policy objects' XML in formats 1 and 2: reading, checking, converting. Touches no file.
// Format: image/product/policy-format.md.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace hooks::policy {

/// The text is not a policy object of a known format. The message says what is wrong, but does not name the
/// file.
class PolicyNotUnderstood : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

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

/// The number in policy/@format. Throws PolicyNotUnderstood if the text is no XML or has no such number.
int policy_format_of(std::string_view xml);

/// The same policy object as a document of format 2. The base64 text and comments are copied unchanged. The
/// result is read back and compared with the input, macros included; a difference throws PolicyNotUnderstood,
/// so a conversion that returns has lost nothing.
std::string convert_policy_1_to_2(std::string_view xml);

} // namespace hooks::policy
