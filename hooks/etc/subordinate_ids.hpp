// The ranges of numbers that subuid(5) and subgid(5) give to users. Text in, text out.
#pragma once

#include "hooks/owner_translation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hooks::etc {

/// Translates the users that are given by number.
std::string translate_subordinate_ids(const OwnerTranslation &owners, std::string_view text);

/// Messages about two names whose ranges overlap in `merged` but in none of `known`. Files in the containers
/// of one would belong to the other.
std::vector<std::string> new_overlaps(std::string_view merged, const std::vector<std::string_view> &known);

} // namespace hooks::etc
