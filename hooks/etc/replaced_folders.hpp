// Folders that are not merged entry by entry: those that the administrator put in place of something else,
// and those for which the new image has something of another kind. The administrator's view of them is kept
// as a whole.
#pragma once

#include "hooks/etc/etc_work.hpp"

namespace hooks::etc {

/// versions.mine is a folder. Whether the administrator put it in place of what the old image has there.
bool is_replaced_folder(const EtcWork &work, const Versions &versions);

/// Converts such a folder: what the new image has there stays hidden. The caller converts the entries;
/// neither image has any of them.
void put_replaced_folder(EtcWork &work, const std::filesystem::path &relative, const Versions &versions);

/// versions.base is a folder, versions.theirs something else. A folder in the upper directory hides the new
/// image's link or file, so if one file in it changed, all files in it are needed.
void convert_folder_over_other_kind(EtcWork &work, const std::filesystem::path &relative,
                                    const Versions &versions);

} // namespace hooks::etc
