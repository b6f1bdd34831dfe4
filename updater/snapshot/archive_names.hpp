// The names in the archive of a snapshot, in their order (format.md). Internal to this folder.
#pragma once

#include "updater/snapshot/description.hpp"
#include "updater/snapshot/path_text.hpp"

#include <string>

namespace updater::snapshot {

inline constexpr const char *description_entry = "snapshot.json";
inline constexpr const char *description_hash_entry = "snapshot.json.sha256";

/// Which of the lists an entry stands in.
enum class Tree { settings, base, var };

inline std::string archive_name(Tree tree, const Entry &entry) {
    const char *const prefix = tree == Tree::settings ? "etc/" : tree == Tree::base ? "base/" : "var/";
    return prefix + plain_from(entry.path.native());
}

} // namespace updater::snapshot
