// The folders of an appliance whose purpose the updater knows, and what frees space in each. Measures
// nothing.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/layout.hpp"
#include "partitions/slot.hpp"
#include "updater/checks/disk_parts.hpp"
#include "updater/configuration/appliance.hpp"

#include <vector>

namespace updater::checks {

/// Stores, mail queue, logs, downloads, snapshots, and the generation of the previous system if the system in
/// `running` doesn't use it too. Throws StorageError.
std::vector<KnownPlace> known_places(const configuration::Appliance &appliance,
                                     const partitions::Layout &layout,
                                     const partitions::Generations &generations, partitions::Slot running);

} // namespace updater::checks
