// What is left to do when every entry of the administrator's /etc has been converted: what follows from all
// of them together, and what he relies on without having changed it.
#pragma once

#include "hooks/etc/etc_work.hpp"

namespace hooks::etc {

/// A folder of links (systemd's .wants) that the administrator emptied, or removed (systemctl removes the
/// folder with its last link), is not meant to hide units that only the new image has: each link that was
/// removed gets its own whiteout. base and theirs: the folder in the images.
void hide_removed_links(EtcWork &work, const std::filesystem::path &directory,
                        const std::filesystem::path &base,
                        const std::optional<std::filesystem::path> &theirs);

/// All the rest, in the order that it needs.
void convert_what_follows(EtcWork &work);

} // namespace hooks::etc
