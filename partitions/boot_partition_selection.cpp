// Mount, change, unmount. The changes themselves are in boot_selection.cpp.
#include "partitions/boot_partition_selection.hpp"

namespace partitions {

BootPartitionSelection::BootPartitionSelection(Storage &storage, const PartitionFinder &finder,
                                               std::optional<Slot> committed)
    : storage_(storage), finder_(finder), committed_(committed) {}

std::string BootPartitionSelection::advice(const std::filesystem::path &device) const {
    if (!committed_) {
        return "This system is on trial; if it does not prove itself, the appliance comes back to the one "
               "before.";
    }
    return "It is the file grub/grubenv on " + device.string() + "; to write a new one, with " +
           partition_label(*committed_) +
           " alone in it: " + command_to_write_new_environment(device, *committed_);
}

template <typename Operation>
auto BootPartitionSelection::with_mounted(DetachedMount::Access access, Operation operation) {
    const std::lock_guard lock(one_mount_);
    const std::filesystem::path device = finder_.device_of("boot");
    DetachedMount boot(device, "ext4", access);
    GrubBootSelection selection(storage_, boot.path() / "grub" / "grubenv", advice(device));
    // unmount() and not the destructor: the change is complete only when the file system was written back.
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
    return with_mounted(DetachedMount::Access::read_only,
                        [](BootSelection &selection) { return selection.default_slot(); });
}

std::optional<Slot> BootPartitionSelection::pending_try() {
    return with_mounted(DetachedMount::Access::read_only,
                        [](BootSelection &selection) { return selection.pending_try(); });
}

bool BootPartitionSelection::bootable(Slot slot) {
    return with_mounted(DetachedMount::Access::read_only,
                        [slot](BootSelection &selection) { return selection.bootable(slot); });
}

void BootPartitionSelection::mark_unbootable(Slot slot) {
    with_mounted(DetachedMount::Access::writable,
                 [slot](BootSelection &selection) { selection.mark_unbootable(slot); });
}

void BootPartitionSelection::mark_bootable(Slot slot) {
    with_mounted(DetachedMount::Access::writable,
                 [slot](BootSelection &selection) { selection.mark_bootable(slot); });
}

void BootPartitionSelection::try_once(Slot slot) {
    with_mounted(DetachedMount::Access::writable,
                 [slot](BootSelection &selection) { selection.try_once(slot); });
}

void BootPartitionSelection::commit(Slot slot) {
    with_mounted(DetachedMount::Access::writable,
                 [slot](BootSelection &selection) { selection.commit(slot); });
}

void BootPartitionSelection::cancel_try() {
    with_mounted(DetachedMount::Access::writable, [](BootSelection &selection) { selection.cancel_try(); });
}

} // namespace partitions
