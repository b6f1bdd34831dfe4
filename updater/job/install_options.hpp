// How an installation is to be done, besides what is installed. Plain data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace updater::job {

struct InstallOptions {
    bool force = false; ///< also a version that failed here before, or that runs already
    /// End at the end of phase 2, while mail flows, if a conversion of the configuration tells of a conflict
    /// that is not known.
    bool stop_on_conflict = false;
    /// Paths as conflicts name them, each with everything below it.
    std::vector<std::string> known_conflicts;
};

inline constexpr std::size_t max_known_conflicts = 64;
inline constexpr std::size_t max_known_conflict_bytes = 1024;

} // namespace updater::job
