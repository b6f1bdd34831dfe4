// Phase 6, restart the appliance: pins the addresses, so that the new system can be reached at the same ones,
// and has the boot loader try it once.
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
    /// Makes the rescue partition unbootable again. In a rollback it only cancels the try: the previous
    /// system stays bootable.
    void undo(job::PhaseRun &run);

  private:
    void pin_addresses(const partitions::Generation &generation, job::PhaseRun &run);

    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    network::NetworkState &network_;
};

} // namespace updater::phases
