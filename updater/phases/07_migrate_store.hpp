// Phase 7, migrate the message store: the new system's programs make a store in its format beside the copy of
// the old one. The old generation's own store is not touched.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/layout.hpp"

namespace updater {

class MigrateStorePhase {
  public:
    MigrateStorePhase(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                      partitions::Generations &generations, Conversions &conversions,
                      const Appliance &appliance, Layout layout);

    /// On return every store stands where the new system looks for it, whole. @throws ConversionFailed,
    /// partitions::StorageError, partitions::MountError, Cancelled.
    PhaseEnd run(PhaseRun &run);

  private:
    void bring_over(const Store &store, const std::vector<Conversion> &conversions,
                    const ConversionView &view, PhaseRun &run);

    partitions::Storage &storage_;
    const partitions::PartitionFinder &partitions_;
    partitions::Generations &generations_;
    Conversions &conversions_;
    const Appliance &appliance_;
    Layout layout_;
};

} // namespace updater
