// The names in the archive of a snapshot, in their order (format.md). Internal to this folder.
#pragma once

#include "updater/snapshot/description.hpp"
#include "updater/snapshot/path_text.hpp"

#include <string>

namespace updater::snapshot {

inline constexpr const char *description_entry = "snapshot.json";
inline constexpr const char *description_hash_entry = "snapshot.json.sha256";

/// Which of the two lists an entry stands in.
enum class Tree { settings, base };

inline std::string archive_name(Tree tree, const Entry &entry) {
    return (tree == Tree::settings ? "etc/" : "base/") + plain_from(entry.path.native());
}

} // namespace updater::snapshot
