// Phase 7, migrate the message store: the new system's programs make a store in its format beside the copy of
// the old one. The old generation's own store is not touched.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/conversions.hpp"

namespace updater::phases {

class MigrateStorePhase {
  public:
    MigrateStorePhase(partitions::Storage &storage, partitions::SystemRoots &roots,
                      partitions::Generations &generations, Conversions &conversions,
                      const configuration::Appliance &appliance);

    /// On return every store is complete and where the new system looks for it. @throws ConversionFailed,
    /// partitions::StorageError, partitions::MountError, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    void migrate(const configuration::Store &store, job::PhaseRun &run, PercentRange progress);
    /// Returns the tree in the new format: the copy itself when the format stays.
    std::filesystem::path convert(const configuration::Store &store, const partitions::Generation &generation,
                                  job::PhaseRun &run, PercentRange progress);

    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
    Conversions &conversions_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::phases
