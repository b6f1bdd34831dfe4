// Phase 9, clean up: the temporary files of the migration go. The old generation and the old OS stay: they
// are what a rollback returns to.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"

namespace updater::phases {

class CleanUpPhase {
  public:
    CleanUpPhase(partitions::Storage &storage, partitions::Generations &generations);

    /// @throws partitions::StorageError.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    partitions::Storage &storage_;
    partitions::Generations &generations_;
};

} // namespace updater::phases
