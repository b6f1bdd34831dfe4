// Phase 6, restart the appliance: the new system can be reached under the same address, and the boot loader
// gives it one try.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/network/network_state.hpp"

namespace updater::phases {

class RestartAppliancePhase {
  public:
    RestartAppliancePhase(partitions::Storage &storage, partitions::BootSelection &boot,
                          partitions::Generations &generations, network::NetworkState &network);

    /// On return everything for the try is on the disk, the boot selection last. @throws NetworkError,
    /// StorageError, BootSelectionDamaged, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);
    /// The rescue partition is unbootable again, so that the boot loader cannot reach it. Of a rollback only
    /// the try is taken back.
    void undo(job::PhaseRun &run);

  private:
    void pin_addresses(const partitions::Generation &generation, job::PhaseRun &run);

    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    network::NetworkState &network_;
};

} // namespace updater::phases
