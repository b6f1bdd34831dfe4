// Phase 1, download the update: verifies that the firmware is signed and meant for this appliance, and says
// how much of it will be fetched. Stores the whole file only in a job that is a download. Mail flows.
#pragma once

#include "partitions/layout.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/finding.hpp"
#include "updater/download/firmware_file_download.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/image_installation.hpp"

#include <functional>

namespace updater::phases {

class DownloadPhase {
  public:
    /// Whether this appliance can and should install the firmware: a FAIL refuses it, a WARN is a warning of
    /// the job. Throws what says that it could not be found out.
    using Checks = std::function<checks::Findings(const firmware::Manifest &, const job::JobFacts &)>;

    /// Makes a snapshot of the settings before an upgrade. Throws Refused.
    using SnapshotSettings = std::function<void(job::PhaseRun &)>;

    DownloadPhase(partitions::Storage &storage, ImageInstallation &installation,
                  firmware::KeysNow trusted_keys, partitions::Layout layout,
                  download::FirmwareFileDownload::SpaceOf space_of, Checks checks,
                  SnapshotSettings snapshot_settings);

    /// A download fetches the firmware from facts.source or its mirrors, verifies every piece and stores the
    /// file under its version. It resumes a partial file of the same version, removes those of others, and
    /// removes stored firmware: at the beginning what is older than the running version, at the end what is
    /// older than the fetched one.
    /// An install reads the head of the firmware (and verifies every chunk if it is a local file), makes a
    /// snapshot of the settings, plans, and logs what will be fetched.
    /// Can be run again. @throws DownloadFailed, Refused (also for a damaged firmware), StorageError,
    /// Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    void download(job::PhaseRun &run);
    void fetch(const OpenFirmware &firmware, const std::filesystem::path &part, job::PhaseRun &run);
    bool is_here(const std::filesystem::path &kept, const firmware::FirmwareHead &head,
                 job::PhaseRun &run) const;
    void remove_partial_files_but(const std::filesystem::path &part);
    void remove_firmware_before(const firmware::Version &version, job::PhaseRun &run);
    void plan(job::PhaseRun &run);
    void check_and_note(const firmware::FirmwareHead &head, job::PhaseRun &run);
    void check_chunks(job::PhaseRun &run, int first_percent, int last_percent);

    partitions::Storage &storage_;
    ImageInstallation &installation_;
    firmware::KeysNow trusted_keys_;
    partitions::Layout layout_;
    download::FirmwareFileDownload::SpaceOf space_of_;
    Checks checks_;
    SnapshotSettings snapshot_settings_;
};

} // namespace updater::phases
