// Phase 8, install the new configuration: verifies that the new system runs with what phase 5 converted. The
// initramfs has mounted it; nothing is copied here.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/system_roots.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"

#include <stdexcept>

namespace updater::phases {

/// /etc is not what was converted for this system. The message says what it is.
class ConfigurationNotInForce : public std::runtime_error,
                                public messages::CodeIs<messages::Code::configuration_not_in_force> {
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
