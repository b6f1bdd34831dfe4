// Phase 1, download the update: the firmware is on the appliance, whole, signed and meant for it. Mail flows.
#pragma once

#include "partitions/storage.hpp"
#include "updater/download/downloader.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/signature.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/layout.hpp"

#include <functional>

namespace updater {

class DownloadPhase {
  public:
    /// @param checks  throws Refused when this appliance cannot take the firmware (mission L5, L6)
    DownloadPhase(partitions::Storage &storage, Fetcher &fetcher, std::filesystem::path trusted_keys,
                  Layout layout, std::function<void(const Manifest &)> checks);

    /// Fetches facts.source if that is a URL, checks every chunk of the file, and notes in the facts what is
    /// to be installed. @throws DownloadFailed, Refused (a damaged file included), Cancelled.
    PhaseEnd run(PhaseRun &run);
    /// A fetched file that is not known to be good goes; one that an administrator brought stays.
    void undo(PhaseRun &run);

  private:
    std::filesystem::path incoming_file(const JobFacts &facts) const;
    void fetch(PhaseRun &run);
    void check(PhaseRun &run, bool fetched);
    void keep_under_its_version(JobFacts &facts);

    partitions::Storage &storage_;
    Fetcher &fetcher_;
    std::filesystem::path trusted_keys_;
    Layout layout_;
    std::function<void(const Manifest &)> checks_;
};

} // namespace updater
