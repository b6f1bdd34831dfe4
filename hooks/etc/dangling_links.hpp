// Links of the administrator's whose targets exist in the old system but not in the new one: a renamed time
// zone, a removed unit or program. Only reads.
#pragma once

#include "hooks/etc/etc_work.hpp"

#include <filesystem>
#include <vector>

namespace hooks::etc {

struct DanglingLink {
    std::filesystem::path link;   ///< below /etc
    std::filesystem::path target; ///< absolute
};

/// Checks the links in the new upper directory whose targets are in /etc or in the image. Targets elsewhere
/// (/data, /run, /dev) and those behind a second link are not checked.
std::vector<DanglingLink> find_dangling_links(const EtcWork &work);

} // namespace hooks::etc
