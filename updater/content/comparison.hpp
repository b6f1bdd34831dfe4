// Which versions of content are not what an upgrade should have left. Plain data; looks at nothing.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace updater::content {

using Versions = std::map<std::string, std::string>; ///< name of a component → version

/// What was seen in the course of an upgrade.
struct SeenVersions {
    Versions before;                   ///< in the old system, when updates began to be held back
    std::optional<Versions> converted; ///< in the new system on trial; nothing: not seen
    Versions now;                      ///< after the commit
};

struct Difference {
    std::string name;
    std::string expected;
    std::string found; ///< empty: it is missing
    std::string text;  ///< such as "is 7, was 9 before the upgrade"
};

/// A component is different if it changed since the conversion, is older than before the upgrade, or is gone.
/// Versions are ordered as people read them: 9 before 10.
std::vector<Difference> differences(const SeenVersions &seen);

} // namespace updater::content
