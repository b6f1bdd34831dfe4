// The table of places in /etc to which the general rule does not apply, with the reasons. Touches no file.
#pragma once

#include <filesystem>
#include <string_view>

namespace hooks::etc {

enum class Treatment {
    general,
    leave_behind,     ///< made by the system itself for itself
    keep_ours,        ///< the appliance's identity: kept even where the new image differs
    other_conversion, ///< changed files are carried unmerged; another conversion changes their format later
};

struct Place {
    Treatment treatment = Treatment::general;
    std::string_view why; ///< for the report
};

/// The row for a path below /etc; what lies below a directory in the table has the directory's row.
Place place_of(const std::filesystem::path &relative);

/// Whether programs read every file of this directory whatever its name, so that no extra file may be put
/// into it.
bool reads_every_file(const std::filesystem::path &directory);

} // namespace hooks::etc
