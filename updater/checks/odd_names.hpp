// Names of files with bytes that no terminal shows: they are carried as they are, and named so that nobody is
// misled. Looks at names only.
#pragma once

#include "partitions/storage.hpp"
#include "updater/checks/finding.hpp"

#include <filesystem>
#include <string>

namespace updater::checks {

/// The path with each byte that is no visible ASCII character written as \ooo, if it is not clean UTF-8
/// without control characters; unchanged otherwise.
std::string visible_path(const std::filesystem::path &path);

/// "names in /etc": a NOTICE that names the odd ones among the administrator's files. `upper`: the upper
/// directory of the overlay on /etc.
void check_names_in_etc(partitions::Storage &storage, const std::filesystem::path &upper, Findings &findings);

} // namespace updater::checks
