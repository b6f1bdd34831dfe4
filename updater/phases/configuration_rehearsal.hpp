// The rehearsal of phase 5 in phase 2: the programs of the new image convert a copy of the configuration and
// are asked whether they can work with the result, so that what cannot be carried over ends the upgrade while
// mail flows. The configuration itself is only read; the result stays in the generation's rehearsal folder.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/phases/configuration_checks.hpp"
#include "updater/phases/conversions.hpp"
#include "updater/phases/percent_range.hpp"

#include <filesystem>

namespace updater::phases {

class ConfigurationRehearsal {
  public:
    /// With what it rehearses, and where.
    ConfigurationRehearsal(Conversions &conversions, ConfigurationChecks &checks,
                           partitions::Storage &storage, partitions::SystemRoots &roots,
                           partitions::Generations &generations);

    /// `new_root`: the new image, whose programs run. @throws ConversionFailed, ConversionPostponed,
    /// ConfigurationRefused, NewImageRefuses, UnknownConflicts, Cancelled, StorageError, MountError.
    void run(const std::filesystem::path &new_root, job::PhaseRun &run, PercentRange progress);

  private:
    void convert_and_check(const std::filesystem::path &new_root, job::PhaseRun &run, PercentRange progress);

    Conversions &conversions_;
    ConfigurationChecks &checks_;
    partitions::Storage &storage_;
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
};

} // namespace updater::phases
