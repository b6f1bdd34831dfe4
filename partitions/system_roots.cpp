#include "partitions/system_roots.hpp"

#include "partitions/durable.hpp"

#include <utility>

namespace partitions {

namespace {

constexpr auto slot_root = "slot-root";
constexpr auto image_root = "image-root";
constexpr auto configured_root = "configured-root";

ShownRoot shown(Mount mount) {
    auto keeps = std::make_shared<Mount>(std::move(mount));
    auto path = keeps->target();
    return {std::move(path), std::move(keeps)};
}

/// Entries of `upper` hide those of `lower`. Both are overlayfs lower directories, so the mount is read-only
/// and needs no work directory.
Mount overlaid(const std::filesystem::path &upper, const std::filesystem::path &lower) {
    return Mount("overlay", lower, "overlay", "ro,lowerdir=" + upper.string() + ":" + lower.string());
}

/// Unmounted in reverse order.
struct ConfiguredRoot {
    Mount image;
    Mount configuration;
    Mount var;
};

} // namespace

MountedSystemRoots::MountedSystemRoots(Storage &storage, const PartitionFinder &partitions,
                                       std::filesystem::path folder)
    : storage_(storage), partitions_(partitions), folder_(std::move(folder) / "roots") {}

ShownRoot MountedSystemRoots::of_slot(Slot slot) {
    return shown(image_of(slot, slot_root));
}

ShownRoot MountedSystemRoots::of_running_image() {
    return shown(Mount::bind("/", place(image_root), true));
}

ShownRoot MountedSystemRoots::with_configuration(Slot slot, const std::filesystem::path &upper,
                                                 const std::filesystem::path &var) {
    auto image = image_of(slot, configured_root);
    auto path = image.target();
    auto configuration = overlaid(upper, path / "etc");
    ConfiguredRoot root{std::move(image), std::move(configuration), overlaid(var, path / "var")};
    return {std::move(path), std::make_shared<ConfiguredRoot>(std::move(root))};
}

std::filesystem::path MountedSystemRoots::configuration_upper() {
    return mount_option("/etc", "upperdir");
}

void MountedSystemRoots::unmount_leftovers() {
    for (const auto *name : {slot_root, image_root, configured_root})
        while (is_mounted(folder_ / name))
            Mount::adopt(folder_ / name); // destroyed at once, which unmounts it and everything mounted in it
}

Mount MountedSystemRoots::image_of(Slot slot, const char *name) {
    const auto device = partitions_.device_of(partition_label(slot));
    // noload: not even the file system's journal is read.
    return Mount(device, place(name), "ext4", "ro,noload");
}

std::filesystem::path MountedSystemRoots::place(const char *name) {
    make_directories(storage_, folder_.parent_path());
    // An open file keeps the partition from being written, even after its image is no longer shown.
    constexpr mode_t root_alone = 0700;
    storage_.make_directory(folder_, root_alone);
    storage_.make_directory(folder_ / name, root_alone);
    return folder_ / name;
}

} // namespace partitions
