// Owner, mode and extended attributes of an entry that exists in up to three versions. Reads nothing but what
// it is given.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "hooks/owner_translation.hpp"

#include <optional>
#include <set>
#include <string>

namespace hooks::etc {

/// Each attribute on its own: the administrator's if it differs from the old image's, else the new image's;
/// all of the administrator's if the new image has no such entry. mine and base have the old system's numbers
/// of users and groups, theirs and the result the new system's.
overlay::Attributes merge_attributes(const OwnerTranslation &owners, const overlay::Attributes &mine,
                                     const std::optional<overlay::Attributes> &base,
                                     const std::optional<overlay::Attributes> &theirs);

/// Says of each number in the attributes of the old system that becomes nobody's whose it was and whose it
/// is.
std::set<std::string> numbers_taken_by_others(const OwnerTranslation &owners,
                                              const overlay::Attributes &mine);

} // namespace hooks::etc
