#include "partitions/system_roots.hpp"

#include "partitions/durable.hpp"
#include "partitions/mount.hpp"

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
    : storage_(storage), partitions_(partitions), folder_(std::move(folder) / "roots") {}

ShownRoot MountedSystemRoots::of_slot(Slot slot) {
    const auto device = partitions_.device_of(partition_label(slot));
    // noload: not even the file system's journal is looked at.
    return shown(Mount(device, place(slot_root), "ext4", "ro,noload"));
}

ShownRoot MountedSystemRoots::of_running_image() {
    return shown(Mount::bind("/", place(image_root), true));
}

std::filesystem::path MountedSystemRoots::configuration_upper() {
    return mount_option("/etc", "upperdir");
}

void MountedSystemRoots::unmount_left_overs() {
    for (const auto *name : {slot_root, image_root})
        while (is_mounted(folder_ / name))
            Mount::adopt(folder_ / name); // goes at once, and gives it up
}

std::filesystem::path MountedSystemRoots::place(const char *name) {
    make_directories(storage_, folder_.parent_path());
    // Somebody who has a file of a partition open keeps it from being written, also when it is shown no
    // longer.
    constexpr mode_t root_alone = 0700;
    storage_.make_directory(folder_, root_alone);
    storage_.make_directory(folder_ / name, root_alone);
    return folder_ / name;
}

} // namespace partitions
