// Phase 4, prepare the message store migration: a copy of each store, made while nothing writes to it. The
// copy shares its blocks with the store (reflink), so it takes neither time nor space worth naming.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"

namespace updater::phases {

class PrepareStoreMigrationPhase {
  public:
    PrepareStoreMigrationPhase(partitions::Storage &storage, partitions::Generations &generations,
                               const configuration::Appliance &appliance);

    /// On return GENERATION/source/<store> is a durable copy of every store. @throws
    /// partitions::StorageError.
    job::PhaseEnd run(job::PhaseRun &run);
    void undo(job::PhaseRun &run);

  private:
    partitions::Storage &storage_;
    partitions::Generations &generations_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::phases
