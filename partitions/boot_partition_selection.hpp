// The boot selection on the `boot` partition, which is mounted only for the time of each call.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/detached_mount.hpp"
#include "partitions/partition_finder.hpp"

#include <mutex>

namespace partitions {

/// Mounts the partition labelled `boot` (ext4), does what GrubBootSelection does on grub/grubenv in it, and
/// unmounts. It does not stay mounted, because GRUB reads and writes ext4 without replaying its journal: only
/// unmounting writes the journal back, so that GRUB finds everything in its place. An unmounted partition is
/// also safe from stray writes. The mount is in no directory, so that no process that walks the file system
/// can block unmounting. Thread-safe, but only one process may use it. Throws also MountError,
/// PartitionNotFound, PartitionAmbiguous.
class BootPartitionSelection : public BootSelection {
  public:
    /// committed: the slot that stays bootable in the advice to repair the boot environment; nothing while
    /// the running system is on trial, since the slot to keep is then not the running one.
    BootPartitionSelection(Storage &storage, const PartitionFinder &finder, std::optional<Slot> committed);

    // These mount it writable.
    void mark_unbootable(Slot slot) override;
    void mark_bootable(Slot slot) override;
    void try_once(Slot slot) override;
    void commit(Slot slot) override;
    void cancel_try() override;
    // These mount it read-only.
    Slot default_slot() override;
    std::optional<Slot> pending_try() override;
    bool bootable(Slot slot) override;

  private:
    std::string advice(const std::filesystem::path &device) const;
    template <typename Operation> auto with_mounted(DetachedMount::Access access, Operation operation);

    Storage &storage_;
    const PartitionFinder &finder_;
    std::optional<Slot> committed_;
    /// The job may write while a request reads, and the kernel refuses to mount a device read-only and
    /// writable at the same time.
    std::mutex one_mount_;
};

} // namespace partitions
