// How an installation is to be done, besides what is installed. Plain data, and its bounds.
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
/// Of all together: the job's records have them, and must fit into the journal's reserve.
inline constexpr std::size_t max_known_conflicts_bytes = 8 * 1024;

/// Why they are more than a job takes, and what to do; empty: they are not.
inline std::string excess_of(const std::vector<std::string> &known_conflicts) {
    std::size_t bytes = 0;
    for (const std::string &path : known_conflicts)
        bytes += path.size();
    if (known_conflicts.size() <= max_known_conflicts && bytes <= max_known_conflicts_bytes)
        return "";
    return (known_conflicts.size() > max_known_conflicts
                ? "more than " + std::to_string(max_known_conflicts) + " known conflicts"
                : "known conflicts of more than " + std::to_string(max_known_conflicts_bytes) +
                      " bytes together") +
           "; name the folders that they are in";
}

} // namespace updater::job
