// POSIX access lists name users and groups by number, and numbers differ between two images. Touches no file.
// Format: Linux kernel, include/uapi/linux/posix_acl_xattr.h.
#pragma once

#include <map>
#include <string>

#include "hooks/owner_translation.hpp"

namespace hooks {

// Gives each user and group in the access lists among a file's extended attributes (of the file itself, and
// of a directory for what is made in it) the number that its name has in the new system. A list in a format
// that is not known stays as it is.
void translate_access_lists(const OwnerTranslation &owners, std::map<std::string, std::string> &extended);

} // namespace hooks
