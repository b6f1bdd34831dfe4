// Boot choice for tests: one in memory, and the boot loader's half for the real one over a fake storage.
#pragma once

#include "partitions/boot_selection.hpp"

namespace partitions_test {

/// Behaves as GrubBootSelection does, refusals included, without storage.
class FakeBootSelection : public partitions::BootSelection {
  public:
    explicit FakeBootSelection(partitions::Slot default_slot = partitions::Slot::a,
                               bool other_bootable = false);

    partitions::Slot default_slot() override;
    std::optional<partitions::Slot> pending_try() override;
    bool bootable(partitions::Slot slot) override;
    void mark_unbootable(partitions::Slot slot) override;
    void mark_bootable(partitions::Slot slot) override;
    void try_once(partitions::Slot slot) override;
    void commit(partitions::Slot slot) override;
    void cancel_try() override;

    /// What the boot loader does at a restart: the slot it starts; a try is used up.
    partitions::Slot boot();
    /// From now on every change throws this as std::runtime_error; empty: works again.
    void fail_with(std::string message);

  private:
    void before_change(bool refused, const std::string &what);
    bool &bootable_flag(partitions::Slot slot);

    partitions::Slot default_slot_;
    std::optional<partitions::Slot> try_;
    bool bootable_a_ = true;
    bool bootable_b_ = true;
    std::string failure_;
};

/// The environment block of an idle appliance.
std::string boot_environment(partitions::Slot default_slot, bool bootable_a, bool bootable_b);

/// What image's grub.cfg does at a restart: the slot it starts, empty if none is bootable; a try is used up
/// in the file. Throws GrubEnvironmentDamaged.
std::optional<partitions::Slot> boot_with_grub(partitions::Storage &storage,
                                               const std::filesystem::path &environment_file);

} // namespace partitions_test
