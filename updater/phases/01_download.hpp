// Phase 1, download the update: it is known what will be installed, that it is signed and meant for this
// appliance, and what it will cost to fetch. Only a job that does nothing else stores the whole file. Mail
// flows.
#pragma once

#include "partitions/storage.hpp"
#include "updater/download/downloader.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/image_installation.hpp"
#include "updater/phases/layout.hpp"

#include <functional>

namespace updater {

class DownloadPhase {
  public:
    /// Throws Refused when this appliance cannot take the firmware, or should not (mission L5, L6).
    using Checks = std::function<void(const Manifest &, const JobFacts &)>;

    DownloadPhase(partitions::Storage &storage, Fetcher &fetcher, ImageInstallation &installation,
                  std::filesystem::path trusted_keys, Layout layout, Checks checks);

    /// A download fetches facts.source, checks every chunk of it and keeps it under its version. An install
    /// reads the head of the firmware (of a file here, also every chunk), plans, and logs what will be
    /// fetched. Can be run again. @throws DownloadFailed, Refused (a damaged firmware included),
    /// StorageError, Cancelled.
    PhaseEnd run(PhaseRun &run);
    /// A fetched file that is not known to be good goes; one that an administrator brought stays.
    void undo(PhaseRun &run);

  private:
    std::filesystem::path incoming_file(const JobFacts &facts) const;
    void download(PhaseRun &run);
    void plan(PhaseRun &run);
    void take_note_of(const FirmwareHead &head, PhaseRun &run);
    void check_chunks(PhaseRun &run, int first_percent, int last_percent);
    void keep_under_its_version(JobFacts &facts);

    partitions::Storage &storage_;
    Fetcher &fetcher_;
    ImageInstallation &installation_;
    std::filesystem::path trusted_keys_;
    Layout layout_;
    Checks checks_;
};

} // namespace updater
