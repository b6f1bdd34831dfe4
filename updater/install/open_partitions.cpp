#include "updater/install/open_partitions.hpp"

#include <string>

namespace updater::install {

OpenPartitions::OpenPartitions(partitions::Storage &storage, const InstallPartitions &partitions,
                               std::uint64_t image_bytes, std::uint64_t checkpoint_bytes)
    : target_device(partitions.target.device),
      writer(storage, target_device, partitions.target.partition_bytes, checkpoint_bytes) {
    if (image_bytes > partitions.target.partition_bytes)
        throw partitions::ImageTooLarge(
            "the image has " + std::to_string(image_bytes) + " bytes, more than the " +
            std::to_string(partitions.target.partition_bytes) + " of " + target_device.string() +
            "; it is made for an appliance with larger partitions; nothing was written");
    if (partitions.base) {
        base = storage.open(partitions.base->device, partitions::OpenMode::block_device_shared);
        base_version = partitions.base->version;
    }
}

} // namespace updater::install
