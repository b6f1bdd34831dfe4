// Mount, change, unmount. What is changed stands in boot_selection.cpp.
#include "partitions/boot_partition_selection.hpp"

#include "partitions/durable.hpp"
#include "partitions/mount.hpp"

namespace partitions {

BootPartitionSelection::BootPartitionSelection(Storage &storage, const PartitionFinder &finder,
                                               std::filesystem::path mount_point)
    : storage_(storage), finder_(finder), mount_point_(std::move(mount_point)) {}

template <typename Operation> auto BootPartitionSelection::with_mounted(bool read_only, Operation operation) {
    const std::lock_guard lock(one_mount_);
    make_directories(storage_, mount_point_);
    while (is_mounted(mount_point_)) {
        Mount::adopt(mount_point_).unmount();
    }
    Mount boot(finder_.device_of("boot"), mount_point_, "ext4", read_only ? "ro" : "rw",
               MS_NOSUID | MS_NODEV | MS_NOEXEC);
    GrubBootSelection selection(storage_, mount_point_ / "grub" / "grubenv");
    // unmount() and not the destructor: the change counts only when the file system was written back.
    if constexpr (std::is_void_v<decltype(operation(selection))>) {
        operation(selection);
        boot.unmount();
    } else {
        const auto result = operation(selection);
        boot.unmount();
        return result;
    }
}

Slot BootPartitionSelection::default_slot() {
    return with_mounted(true, [](BootSelection &selection) { return selection.default_slot(); });
}

std::optional<Slot> BootPartitionSelection::pending_try() {
    return with_mounted(true, [](BootSelection &selection) { return selection.pending_try(); });
}

bool BootPartitionSelection::bootable(Slot slot) {
    return with_mounted(true, [slot](BootSelection &selection) { return selection.bootable(slot); });
}

void BootPartitionSelection::mark_unbootable(Slot slot) {
    with_mounted(false, [slot](BootSelection &selection) { selection.mark_unbootable(slot); });
}

void BootPartitionSelection::try_once(Slot slot) {
    with_mounted(false, [slot](BootSelection &selection) { selection.try_once(slot); });
}

void BootPartitionSelection::commit(Slot slot) {
    with_mounted(false, [slot](BootSelection &selection) { selection.commit(slot); });
}

void BootPartitionSelection::cancel_try() {
    with_mounted(false, [](BootSelection &selection) { selection.cancel_try(); });
}

} // namespace partitions
