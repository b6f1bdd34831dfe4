#include "partitions/system_roots.hpp"

#include "partitions/durable.hpp"
#include "partitions/mount.hpp"

#include <array>
#include <utility>

namespace partitions {

namespace {

constexpr auto slot_root = "slot-root";
constexpr auto image_root = "image-root";

ShownRoot shown(Mount mount) {
    auto keeps = std::make_shared<Mount>(std::move(mount));
    auto path = keeps->target();
    return {std::move(path), std::move(keeps)};
}

} // namespace

MountedSystemRoots::MountedSystemRoots(Storage &storage, const PartitionFinder &partitions,
                                       std::filesystem::path folder)
    : storage_(storage), partitions_(partitions), folder_(std::move(folder)) {}

ShownRoot MountedSystemRoots::of_slot(Slot slot) {
    make_directories(storage_, folder_ / slot_root);
    // noload: not even the file system's journal is looked at.
    return shown(
        Mount(partitions_.device_of(partition_label(slot)), folder_ / slot_root, "ext4", "ro,noload"));
}

ShownRoot MountedSystemRoots::of_running_image() {
    make_directories(storage_, folder_ / image_root);
    return shown(Mount::bind("/", folder_ / image_root, true));
}

std::filesystem::path MountedSystemRoots::configuration_upper() {
    return mount_option("/etc", "upperdir");
}

void MountedSystemRoots::unmount_left_overs() {
    for (const auto *name : {slot_root, image_root})
        unmount_all(folder_ / name);
}

} // namespace partitions
