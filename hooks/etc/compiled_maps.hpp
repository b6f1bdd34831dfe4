// Files that are compiled from the text beside them: aliases.db from aliases, a Postfix map.db or map.lmdb
// from map. Names and formats only; changes nothing. Formats: postmap(1), postalias(1); Berkeley DB,
// "db_page.h".
#pragma once

#include "hooks/overlay/overlay_view.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hooks::etc {

/// The text that a file of this name is compiled from; nothing if the name does not say so.
std::optional<std::filesystem::path> source_of_map(const std::filesystem::path &relative);

/// The names of what may be compiled from a text of this name.
std::vector<std::filesystem::path> maps_of_source(const std::filesystem::path &relative);

/// What compiles a map.
struct MapCompiler {
    std::filesystem::path program;
    std::string type; ///< "hash", "btree", "lmdb" or "cdb"
};

/// compiled: such a file, of any age. etc: says in postfix/main.cf which texts are lists of aliases. Nothing
/// if Postfix does not make files of this format.
std::optional<MapCompiler> compiler_of_map(partitions::Storage &storage, const overlay::OverlayView &etc,
                                           const std::filesystem::path &source_relative,
                                           const std::filesystem::path &compiled);

} // namespace hooks::etc
