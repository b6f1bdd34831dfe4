// The old system's partition, seen read-only from the new system while stores and configuration are
// converted.
#pragma once

#include "partitions/mount.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"
#include "updater/phases/layout.hpp"

namespace updater {

/// Mounted at RUN/old-root as long as the result lives. @throws partitions::MountError,
/// partitions::PartitionNotFound.
partitions::Mount mount_old_root(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                                 const Layout &layout, partitions::Slot old_slot);

} // namespace updater
