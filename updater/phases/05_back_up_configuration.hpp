// Phase 5, back up the configuration: copies what the administrator changed in /etc, which is the upper
// directory of its overlay, and converts the copy for the new system. The trial runs with this configuration,
// so what the trial proves is what is committed.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/configuration_checks.hpp"
#include "updater/phases/conversions.hpp"

namespace updater::phases {

class BackUpConfigurationPhase {
  public:
    BackUpConfigurationPhase(partitions::Storage &storage, partitions::SystemRoots &roots,
                             partitions::Generations &generations, Conversions &conversions,
                             ConfigurationChecks &checks);

    /// On return GENERATION/etc/upper is complete and durable, and the new system's checkers accept it. The
    /// checkers and the conversions are programs of the new image on the rescue partition. @throws
    /// ConversionFailed, ConfigurationRefused, Cancelled, partitions::StorageError, partitions::MountError.
    job::PhaseEnd run(job::PhaseRun &run);
    void undo(job::PhaseRun &run);

  private:
    void back_up(const partitions::Generation &generation, job::PhaseRun &run);
    std::filesystem::path convert(const partitions::Generation &generation, job::PhaseRun &run);
    void check(const std::filesystem::path &converted, const partitions::Generation &generation,
               job::PhaseRun &run);
    void put_in_place(const std::filesystem::path &converted, const partitions::Generation &generation);

    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
    Conversions &conversions_;
    ConfigurationChecks &checks_;
};

} // namespace updater::phases
