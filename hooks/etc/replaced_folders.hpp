// Folders that are not merged entry by entry: what the administrator put in the place of something else, and
// what the new image has something of another kind for. What he saw stays whole.
#pragma once

#include "hooks/etc/etc_work.hpp"

namespace hooks::etc {

/// versions.mine is a folder. Whether the administrator put it in the place of what the old image has there.
bool is_replaced_folder(const EtcWork &work, const Versions &versions);

/// Of such a folder: what the new image has there stays hidden. The caller converts the entries, of which
/// neither image has any.
void put_replaced_folder(EtcWork &work, const std::filesystem::path &relative, const Versions &versions);

/// versions.base is a folder, versions.theirs something else. A folder in the upper directory hides the new
/// image's link or file, so a changed file needs all that was seen beside it.
void convert_folder_over_other_kind(EtcWork &work, const std::filesystem::path &relative,
                                    const Versions &versions);

} // namespace hooks::etc
