// Which OS partition the boot loader starts next: the default, one try, and which slots are unbootable. Every
// change is one write that a power cut cannot tear, and is durable on return: before and after it the boot
// loader finds a partition that boots. The boot loader's side is grub.cfg in image/.
#pragma once

#include "partitions/grub_environment.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>

namespace partitions {

/// The stored boot selection cannot be understood, or has no room; nothing was changed. Message: what is
/// wrong and what to do.
class BootSelectionDamaged : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The requested change would leave no bootable system; nothing was changed.
class BootSelectionRefused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An interface, because the boot loader is where the outside begins. All functions throw
/// BootSelectionDamaged and what the storage throws.
class BootSelection {
  public:
    BootSelection() = default;
    BootSelection(const BootSelection &) = delete;
    BootSelection &operator=(const BootSelection &) = delete;
    virtual ~BootSelection() = default;

    virtual Slot default_slot() = 0;
    /// The slot that the next boot will try once. Empty once the boot loader has used the try.
    virtual std::optional<Slot> pending_try() = 0;
    virtual bool bootable(Slot slot) = 0;
    /// Cancels a pending try of this slot in the same write. Throws BootSelectionRefused for the default.
    virtual void mark_unbootable(Slot slot) = 0;
    /// The boot loader may start it from now on when the default slot cannot be started. The slot holds a
    /// complete pair.
    virtual void mark_bootable(Slot slot) = 0;
    /// Marks the slot bootable and lets the next boot try it, once, in one write. Throws BootSelectionRefused
    /// for the default slot.
    virtual void try_once(Slot slot) = 0;
    /// Makes the slot the default and ends the try, in one write. Throws BootSelectionRefused unless it is
    /// bootable.
    virtual void commit(Slot slot) = 0;
    virtual void cancel_try() = 0;
};

/// Kept in GRUB's environment file, in the variables default_slot, try_slot, try_left, bootable_a,
/// bootable_b. The file is overwritten in place and never replaced: GRUB finds its blocks by reading ext4
/// without the journal. It must be reachable at this path for the time of each call.
class GrubBootSelection : public BootSelection {
  public:
    /// repair: what a person is told to do when the file is damaged or missing.
    GrubBootSelection(Storage &storage, std::filesystem::path environment_file, std::string repair = "");

    Slot default_slot() override;
    std::optional<Slot> pending_try() override;
    bool bootable(Slot slot) override;
    void mark_unbootable(Slot slot) override;
    void mark_bootable(Slot slot) override;
    void try_once(Slot slot) override;
    void commit(Slot slot) override;
    void cancel_try() override;

  private:
    template <typename Operation> auto understood(Operation operation);
    void write(const GrubEnvironment &environment);

    Storage &storage_;
    std::filesystem::path environment_file_;
    std::string repair_;
};

/// A shell command for the appliance, whose images have no GRUB tools. It writes a new environment file on
/// this device (the partition `boot`), in which the slot is the default and the only bootable one.
std::string command_to_write_new_environment(const std::filesystem::path &device, Slot slot);

} // namespace partitions
