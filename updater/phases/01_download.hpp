// Phase 1, download the update: it is known what will be installed, that it is signed and meant for this
// appliance, and what it will cost to fetch. Only a job that does nothing else stores the whole file. Mail
// flows.
#pragma once

#include "partitions/layout.hpp"
#include "partitions/storage.hpp"
#include "updater/download/firmware_file_download.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/image_installation.hpp"

#include <functional>

namespace updater::phases {

class DownloadPhase {
  public:
    /// Throws Refused when this appliance cannot take the firmware, or should not.
    using Checks = std::function<void(const firmware::Manifest &, const job::JobFacts &)>;

    DownloadPhase(partitions::Storage &storage, ImageInstallation &installation,
                  firmware::KeysNow trusted_keys, partitions::Layout layout,
                  download::FirmwareFileDownload::SpaceOf space_of, Checks checks);

    /// A download fetches what facts.source and its mirrors have, checks every piece of it and keeps it under
    /// its version; what a download that was cut has left there is used, and goes if it is of another
    /// version. So does firmware that was kept before and is of no use any more: at the beginning what is
    /// older than the running version, in the end what is older than what was fetched. An install reads the
    /// head of the firmware (of a file here, also every chunk), plans, and logs what will be fetched. Can be
    /// run again. @throws DownloadFailed, Refused (a damaged firmware included), StorageError, Cancelled.
    job::PhaseEnd run(job::PhaseRun &run);

  private:
    void download(job::PhaseRun &run);
    bool is_here(const std::filesystem::path &kept, const firmware::FirmwareHead &head,
                 job::PhaseRun &run) const;
    void remove_partial_files_but(const std::filesystem::path &part);
    void remove_firmware_before(const firmware::Version &version, job::PhaseRun &run);
    void plan(job::PhaseRun &run);
    void take_note_of(const firmware::FirmwareHead &head, job::PhaseRun &run);
    void check_chunks(job::PhaseRun &run, int first_percent, int last_percent);

    partitions::Storage &storage_;
    ImageInstallation &installation_;
    firmware::KeysNow trusted_keys_;
    partitions::Layout layout_;
    download::FirmwareFileDownload::SpaceOf space_of_;
    Checks checks_;
};

} // namespace updater::phases
