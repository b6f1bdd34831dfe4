// The ranges of numbers that subuid(5) and subgid(5) give to users. Text in, text out.
#pragma once

#include "hooks/owner_translation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hooks::etc {

/// A user may be named by number there.
std::string translate_subordinate_ids(const OwnerTranslation &owners, std::string_view text);

/// For a person: ranges of two names that have numbers in common in `merged`, though the names had none in
/// common in any of `known`. What one has in its containers would belong to the other.
std::vector<std::string> new_overlaps(std::string_view merged, const std::vector<std::string_view> &known);

} // namespace hooks::etc
