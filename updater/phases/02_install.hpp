// Phase 2, install the new OS: writes the new image to the rescue partition, reads it back, makes a
// generation with its /var, and rehearses the conversions. Touches nothing that the running system uses. Mail
// flows.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/storage.hpp"
#include "partitions/system_roots.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/configuration_rehearsal.hpp"
#include "updater/phases/image_installation.hpp"
#include "updater/phases/store_rehearsal.hpp"

#include <functional>

namespace updater::phases {

class InstallPhase {
  public:
    struct Rehearsals {
        ConfigurationRehearsal &configuration;
        StoreRehearsal &store;
        /// From here on the upgrade depends on how the running system is.
        std::function<void(job::PhaseRun &)> before_them = [](job::PhaseRun &) {};
    };

    /// All references outlive this object.
    InstallPhase(partitions::Storage &storage, partitions::BootSelection &boot,
                 partitions::SystemRoots &roots, partitions::Generations &generations,
                 ImageInstallation &installation, install::ImageHeads &heads, const Rehearsals &rehearsals);

    /// Can be run again after an interruption anywhere: what the partition holds already is neither fetched
    /// nor written again. @throws StorageError, ImageTooLarge, ReadBackMismatch, Refused, FirmwareChanged,
    /// FirmwareDamaged, DownloadFailed, ConversionFailed, ConversionPostponed,
    /// ConfigurationRefused, NewImageRefuses, UnknownConflicts, ContentUpdateRuns, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);
    /// Removes the new generation. The rescue partition stays marked unbootable.
    void undo(job::PhaseRun &run);

  private:
    /// Returns what the firmware is.
    firmware::Manifest install_image(job::PhaseRun &run);
    void check_image(const firmware::Manifest &manifest, const std::filesystem::path &new_root) const;
    void give_up_rescue_partition(job::PhaseRun &run);
    void retire_all_but_the_running(job::PhaseRun &run);
    void make_generation(const std::filesystem::path &new_root, job::PhaseRun &run);
    void rehearse(const std::filesystem::path &new_root, job::PhaseRun &run);

    partitions::Storage &storage_;
    partitions::BootSelection &boot_;
    partitions::SystemRoots &roots_;
    partitions::Generations &generations_;
    ImageInstallation &installation_;
    install::ImageHeads &heads_;
    Rehearsals rehearsals_;
};

} // namespace updater::phases
