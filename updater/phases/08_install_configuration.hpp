// Phase 8, install the new configuration: the new system runs with what phase 5 has converted, since its
// first moment. That is verified here, as the last thing before services start.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/system_roots.hpp"
#include "updater/job/phase_table.hpp"

#include <stdexcept>

namespace updater::phases {

/// /etc is not what was converted for this system. The message says what it is.
class ConfigurationNotInForce : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class InstallConfigurationPhase {
  public:
    InstallConfigurationPhase(partitions::SystemRoots &roots, partitions::Generations &generations);

    /// @throws ConfigurationNotInForce, partitions::MountError, partitions::GenerationNotFound.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
};

} // namespace updater::phases
