// Mounting the old system's partition.
#include "updater/phases/old_root.hpp"

#include "partitions/durable.hpp"

namespace updater {

partitions::Mount mount_old_root(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                                 const Layout &layout, partitions::Slot old_slot) {
    const auto target = layout.run / "old-root";
    partitions::make_directories(storage, target);
    // noload: the old system must stay exactly as it was, for it is what a rollback boots.
    return {partitions.device_of(partitions::partition_label(old_slot)), target, "ext4", "ro,noload"};
}

} // namespace updater
