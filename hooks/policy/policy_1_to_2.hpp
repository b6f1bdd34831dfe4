// Converts a policy object from format 1 to format 2. Touches no file.
#pragma once

#include <string>
#include <string_view>

namespace hooks::policy {

/// The same policy object as a document of format 2. The base64 text and comments are copied unchanged. The
/// result is read back and compared with the input, macros included; a difference throws PolicyNotUnderstood,
/// so a conversion that returns has lost nothing.
std::string convert_policy_1_to_2(std::string_view xml);

} // namespace hooks::policy
