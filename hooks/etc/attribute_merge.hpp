// Owner, mode and extended attributes of an entry that exists in up to three versions. Reads no files.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "hooks/owner_translation.hpp"

#include <optional>
#include <set>
#include <string>

namespace hooks::etc {

/// Merges each attribute separately: the administrator's if it differs from the old image's, else the new
/// image's. All are the administrator's if the new image has no such entry. mine and base have the old
/// system's numbers of users and groups, theirs and the result the new system's.
overlay::Attributes merge_attributes(const OwnerTranslation &owners, const overlay::Attributes &mine,
                                     const std::optional<overlay::Attributes> &base,
                                     const std::optional<overlay::Attributes> &theirs);

/// Reports each number in the old system's attributes that becomes unassigned: whose it was and whose it is
/// now.
std::set<std::string> numbers_taken_by_others(const OwnerTranslation &owners,
                                              const overlay::Attributes &mine);

} // namespace hooks::etc
