// Extended attributes that name users and groups by number, and numbers differ between two images: POSIX
// access lists, and file capabilities for a namespace of a user's. Touches no file. Formats: Linux kernel,
// include/uapi/linux/posix_acl_xattr.h and capability.h (vfs_ns_cap_data).
#pragma once

#include "hooks/owner_translation.hpp"

#include <map>
#include <set>
#include <string>

namespace hooks {

/// Gives each user and group in a file's extended attributes (in access lists of the file itself, and of a
/// directory for what is made in it; the root of a namespace in a capability) the number that its name has in
/// the new system. An attribute in an unknown format stays as it is, and so does user.*, which has no meaning
/// to the system.
void translate_numbers_in_attributes(const OwnerTranslation &owners,
                                     std::map<std::string, std::string> &extended);

struct NamedInAccessLists {
    std::set<uid_t> users;
    std::set<gid_t> groups;
};
/// All users and groups that the attributes name by number.
NamedInAccessLists named_in_access_lists(const std::map<std::string, std::string> &extended);

} // namespace hooks
