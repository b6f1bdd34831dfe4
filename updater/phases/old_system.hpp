// The system that a committed one has replaced: whether it stays, and what is remembered of it.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/checks/least_version.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/job/phase_table.hpp"

namespace updater::phases {

class OldSystem {
  public:
    /// `keep`: it stays, for a rollback on request. All references outlive this object.
    OldSystem(partitions::BootSelection &boot, partitions::Generations &generations,
              checks::LeastVersion &least_version, checks::LeftGeneration left_generation, bool keep);

    /// After a rollback: remembers the generation that was left, which alone holds the mail that was stored
    /// since the upgrade. After an upgrade: forgets it. @throws StorageError.
    void note_left_generation(job::PhaseRun &run);
    /// @throws StorageError.
    void raise_least_version(job::PhaseRun &run);
    /// Removes the system, unless it stays. @throws StorageError.
    void give_up(job::PhaseRun &run);

  private:
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    checks::LeastVersion &least_version_;
    checks::LeftGeneration left_generation_;
    bool keep_;
};

} // namespace updater::phases
