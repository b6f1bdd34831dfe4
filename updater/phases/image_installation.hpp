// The firmware of a job and the install engine on it, for phase 1, which plans, and phase 2, which writes:
// one place that knows where the firmware comes from and between which partitions it goes.
#pragma once

#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/install/installer.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/pacing/pacer.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::phases {

/// What is at the URL (or in the file) is no longer the firmware that phase 1 has checked.
class FirmwareChanged : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An open firmware whose head is known to be signed.
struct OpenFirmware {
    std::unique_ptr<firmware::ByteSource> source;
    firmware::FirmwareHead head;
};

class ImageInstallation {
  public:
    using Report = std::function<void(const std::string &line)>;
    /// Makes the source for firmware on servers; `report` takes lines about retries. `known`: one of them has
    /// answered in this job before, so that one which does not now is worth some patience.
    using OpenUrls = std::function<std::unique_ptr<firmware::ByteSource>(const std::vector<std::string> &urls,
                                                                         bool known, Report report)>;

    /// `trusted_keys` are asked for each firmware that is opened. `running`, whose formats decide what is to
    /// be converted, and `pacer` have to outlive it.
    ImageInstallation(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                      OpenUrls open_urls, firmware::KeysNow trusted_keys,
                      const configuration::Appliance &running, install::InstallSettings settings,
                      pacing::Pacer &pacer);

    /// The firmware that the facts name, its head read and checked. A server that has another one is left for
    /// the next mirror. Throws Refused, FirmwareDamaged, DownloadFailed, Cancelled.
    OpenFirmware open(const job::PhaseRun &run) const;

    /// Notes in the facts which firmware this is, and the conversions that lead to it from what runs. Throws
    /// Refused when there is no way.
    void note(const firmware::FirmwareHead &head, job::JobFacts &facts) const;
    /// Throws FirmwareChanged unless it is the one that was noted.
    void require_noted(const OpenFirmware &firmware, const job::JobFacts &facts) const;

    /// The engine, from the running system's partition to the rescue partition, at the pacer's rate.
    /// `firmware` has to outlive it. Throws StorageError, ImageTooLarge, PartitionNotFound.
    std::unique_ptr<install::Installer> engine(OpenFirmware &firmware, const job::PhaseRun &run) const;

    /// The engine's progress as that part of the phase.
    static install::Progress progress(const job::PhaseRun &run, int first_percent, int last_percent);

  private:
    firmware::FirmwareHead trusted_head(firmware::ByteSource &source, const job::PhaseRun &run) const;

    partitions::Storage &storage_;
    const partitions::PartitionFinder &partitions_;
    OpenUrls open_urls_;
    firmware::KeysNow trusted_keys_;
    const configuration::Appliance &running_;
    install::InstallSettings settings_;
    pacing::Pacer &pacer_;
};

} // namespace updater::phases
