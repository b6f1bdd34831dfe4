// Phase 9, clean up: removes the temporary files of the migration. The old generation and the old OS stay,
// because a rollback returns to them.
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
