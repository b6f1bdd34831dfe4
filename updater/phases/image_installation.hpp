// Opens the firmware of a job, and makes the install engine for it: for phase 1, which plans, and for phase
// 2, which writes. Only this file knows where the firmware comes from and which partitions are involved.
#pragma once

#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/install/installer.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/messages/coded.hpp"
#include "updater/pacing/pacer.hpp"

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::phases {

/// The URL or file no longer has the firmware that phase 1 has checked.
class FirmwareChanged : public std::runtime_error, public messages::CodeIs<messages::Code::firmware_changed> {
  public:
    using std::runtime_error::runtime_error;
};

/// A firmware whose head was verified.
struct OpenFirmware {
    std::unique_ptr<firmware::ByteSource> source;
    firmware::FirmwareHead head;
};

class ImageInstallation {
  public:
    using Report = std::function<void(const std::string &line)>;
    /// Makes the source for firmware on servers; `report` takes lines about retries. `has_answered`: one of
    /// them has answered in this job before, so a server that does not answer now is retried for longer.
    using OpenUrls = std::function<std::unique_ptr<firmware::ByteSource>(const std::vector<std::string> &urls,
                                                                         bool has_answered, Report report)>;

    /// `trusted_keys` is called for each firmware that is opened. `running`, whose formats decide what is
    /// converted, and `pacer` outlive this object.
    ImageInstallation(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                      OpenUrls open_urls, firmware::KeysNow trusted_keys,
                      const configuration::Appliance &running, install::InstallSettings settings,
                      pacing::Pacer &pacer);

    /// Opens the firmware that the facts name, and verifies its head. A server that has another firmware
    /// there is left for the next mirror. Throws Refused, FirmwareDamaged, DownloadFailed, Cancelled.
    OpenFirmware open(const job::PhaseRun &run) const;

    /// Notes in the facts which firmware this is, and the conversions from the running system's formats to
    /// its own. Throws Refused if there is no such conversion.
    void note(const firmware::FirmwareHead &head, job::JobFacts &facts) const;
    /// Throws FirmwareChanged if this is not the firmware that was noted.
    void require_noted(const OpenFirmware &firmware, const job::JobFacts &facts) const;

    /// The engine, from the running system's partition to the rescue partition, at the pacer's rate.
    /// `firmware` outlives the engine. Throws StorageError, ImageTooLarge, PartitionNotFound.
    std::unique_ptr<install::Installer> engine(OpenFirmware &firmware, const job::PhaseRun &run) const;

    /// What the engine would do. Opens both partitions for reading only, so it is possible at any time.
    /// Throws as the engine's plan().
    install::InstallPlan plan_only(OpenFirmware &firmware, const job::PhaseRun &run) const;

    /// Notes in the facts, for predictions, how much the plan fetches and writes and how large the stores
    /// are that are converted. Throws Cancelled.
    void note_amounts(const install::InstallPlan &plan, const job::PhaseRun &run) const;

    /// Shows the engine's progress as this part of the phase.
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
