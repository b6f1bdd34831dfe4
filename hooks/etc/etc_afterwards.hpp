// Steps after every entry of the administrator's /etc has been converted: those that need all entries, and
// those for unchanged files that the appliance relies on.
#pragma once

#include "hooks/etc/etc_work.hpp"

namespace hooks::etc {

/// A folder of links (systemd's .wants) that the administrator emptied or removed (systemctl removes the
/// folder with its last link) must not hide units that only the new image has: each removed link gets its own
/// whiteout. base and theirs: the folder in the images.
void hide_removed_links(EtcWork &work, const std::filesystem::path &directory,
                        const std::filesystem::path &base,
                        const std::optional<std::filesystem::path> &theirs);

/// All other steps, in the required order.
void convert_what_follows(EtcWork &work);

} // namespace hooks::etc
