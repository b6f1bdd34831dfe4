// The boot selection on the `boot` partition, which is mounted only for the time of each call.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/detached_mount.hpp"
#include "partitions/partition_finder.hpp"

#include <mutex>

namespace partitions {

/// Mounts the partition labelled `boot` (ext4), does what GrubBootSelection does on grub/grubenv in it, and
/// unmounts. Why not leave it mounted: GRUB reads and writes ext4 without replaying its journal. Only an
/// unmounted file system is checkpointed, so that GRUB finds everything in its place; and nothing that runs
/// amok can write to it meanwhile. It is mounted in no directory, so that nobody who walks through the file
/// system keeps it from being unmounted. Functions that only ask mount it read-only. May be called from
/// several threads, but only one process may use it. Throws also MountError, PartitionNotFound,
/// PartitionAmbiguous.
class BootPartitionSelection : public BootSelection {
  public:
    /// committed: the slot that an advice to repair the boot environment keeps; nothing while the running
    /// system is on trial, in which the one to keep is not the running one.
    BootPartitionSelection(Storage &storage, const PartitionFinder &finder, std::optional<Slot> committed);

    Slot default_slot() override;
    std::optional<Slot> pending_try() override;
    bool bootable(Slot slot) override;
    void mark_unbootable(Slot slot) override;
    void try_once(Slot slot) override;
    void commit(Slot slot) override;
    void cancel_try() override;

  private:
    std::string advice(const std::filesystem::path &device) const;
    template <typename Operation> auto with_mounted(DetachedMount::Access access, Operation operation);

    Storage &storage_;
    const PartitionFinder &finder_;
    std::optional<Slot> committed_;
    /// The job changes while a request asks: the kernel refuses to mount a device read-only and writable at
    /// once.
    std::mutex one_mount_;
};

} // namespace partitions
