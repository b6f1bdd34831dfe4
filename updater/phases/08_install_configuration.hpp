// Phase 8, install the new configuration: what the administrator changed, converted, becomes the /etc of the
// new system, at once and as a whole.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/layout.hpp"
#include "updater/services/service_manager.hpp"

namespace updater {

class InstallConfigurationPhase {
  public:
    InstallConfigurationPhase(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                              partitions::Generations &generations, Conversions &conversions,
                              ServiceManager &services, Layout layout);

    /// On return GENERATION/etc/upper is complete and durable, and /etc shows it. @throws ConversionFailed,
    /// partitions::StorageError, partitions::MountError, ServiceError, Cancelled.
    PhaseEnd run(PhaseRun &run);

  private:
    void show_in_etc(const std::filesystem::path &generation, const std::filesystem::path &image_root);

    partitions::Storage &storage_;
    const partitions::PartitionFinder &partitions_;
    partitions::Generations &generations_;
    Conversions &conversions_;
    ServiceManager &services_;
    Layout layout_;
};

} // namespace updater
