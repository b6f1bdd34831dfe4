// The snapshots of this appliance's settings.
#pragma once

#include "hooks/runner/systemd_hook_runner.hpp"
#include "updater/agent/parts/firmware.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/release_conversion.hpp"
#include "updater/snapshot/before_upgrade.hpp"
#include "updater/snapshot/entry_attributes.hpp"
#include "updater/snapshot/restore.hpp"
#include "updater/snapshot/snapshot_store.hpp"

namespace updater::agent::parts {

struct Snapshots {
    /// Both outlive this object.
    Snapshots(Machine &machine, Firmware &firmware);
    Snapshots(const Snapshots &) = delete;
    Snapshots &operator=(const Snapshots &) = delete;

    /// Says whether settings were restored at this start. Throws nothing.
    void at_start();
    /// In phase 1: nothing was touched yet. What fails for another reason than missing space is a warning:
    /// the old system keeps its settings in any case. Throws Refused.
    void make_before_upgrade(job::PhaseRun &run);

    partitions::MountedSystemRoots roots; ///< beside those that phases use
    partitions::MountedSystemRoots roots_of_restore;
    hooks::runner::SystemdHookRunner programs{hooks::runner::ProgramsOf::restore};
    snapshot::OverlayAttributes attributes;
    snapshot::SnapshotStore store;
    install::ImageHeads heads;
    phases::Conversions conversions;
    phases::ConfigurationChecks checks;
    phases::ReleaseConversion conversion;
    snapshot::Restore restore;

  private:
    snapshot::BeforeUpgrade before_upgrade_;
};

} // namespace updater::agent::parts
