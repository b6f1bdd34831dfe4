// Whether a store can be read by the account that its service and its conversion work as. Looks at owners and
// modes only.
#pragma once

#include "updater/configuration/appliance.hpp"

#include <filesystem>
#include <string>

namespace updater::checks {

/// The owner of each store's folder can list it and reach it: every folder on the way lets that account pass.
/// Returns what was found. Folders with an access list are not judged. `root` is "/", or a test's folder.
/// Throws Refused with all that is wrong, std::filesystem::filesystem_error.
std::string check_store_access(const configuration::Appliance &appliance,
                               const std::filesystem::path &root = "/");

} // namespace updater::checks
