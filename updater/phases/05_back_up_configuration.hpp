// Phase 5, back up the configuration: a copy of all that the administrator changed in /etc, which is exactly
// the upper directory of its overlay.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"

namespace updater {

class BackUpConfigurationPhase {
  public:
    BackUpConfigurationPhase(partitions::Storage &storage, partitions::Generations &generations);

    /// On return GENERATION/source/etc is a durable copy. @throws partitions::StorageError.
    PhaseEnd run(PhaseRun &run);
    void undo(PhaseRun &run);

  private:
    partitions::Storage &storage_;
    partitions::Generations &generations_;
};

} // namespace updater
