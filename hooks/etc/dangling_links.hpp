// Links of the administrator's that lead nowhere in the new system, though they led somewhere in the old one:
// a time zone that was renamed, a unit or program that is gone. Only reads.
#pragma once

#include "hooks/etc/etc_work.hpp"

#include <filesystem>
#include <vector>

namespace hooks::etc {

struct DanglingLink {
    std::filesystem::path link;   ///< below /etc
    std::filesystem::path target; ///< absolute
};

/// Of the links in the new upper directory. Targets in /etc and in the image count, others (/data, /run,
/// /dev) are not known here; nor is what lies behind a further link.
std::vector<DanglingLink> find_dangling_links(const EtcWork &work);

} // namespace hooks::etc
