// The places in /etc that are not treated by the general rule, and why: the one table of them. Touches no
// file.
#pragma once

#include <filesystem>
#include <string_view>

namespace hooks::etc {

enum class Treatment {
    general,
    leave_behind,     ///< made by the system itself for itself
    keep_ours,        ///< what the appliance is known by: its version stands even where the new image differs
    other_conversion, ///< changed files are carried unmerged; another conversion changes their format later
};

struct Place {
    Treatment treatment = Treatment::general;
    std::string_view why; ///< for the report
};

/// The row for a path below /etc; what lies below a directory in the table has the directory's row.
Place place_of(const std::filesystem::path &relative);

/// Whether every file of this directory is read whatever its name, so that nothing may be laid beside another
/// file.
bool reads_every_file(const std::filesystem::path &directory);

} // namespace hooks::etc
