// What differs between two snapshots of one appliance, or between one and the settings of now. Reads nothing.
#pragma once

#include "updater/snapshot/description.hpp"

#include <string>
#include <vector>

namespace updater::snapshot {

enum class Change {
    added,   ///< only the later one has it
    removed, ///< only the earlier one has it
    changed, ///< contents, target or kind
    only_attributes,
};

struct Difference {
    std::string path; ///< "/etc/…" or "/var/…", plain text
    Change change = Change::changed;
};

/// Sorted by path. A file that neither has changed is as the image has it, and no difference.
std::vector<Difference> differences(const Description &earlier, const Description &later);

} // namespace updater::snapshot
