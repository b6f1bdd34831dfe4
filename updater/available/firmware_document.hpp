// Makes the document of `update-control -l --json` (format 1): what runs, what the other slot holds, what was
// downloaded and what can be installed. Changes nothing.
#pragma once

#include "partitions/slot.hpp"
#include "updater/available/feed_monitor.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/available/firmware_folder.hpp"
#include "updater/available/other_slot.hpp"
#include "updater/configuration/appliance.hpp"

#include <nlohmann/json.hpp>

namespace updater::available {

class FirmwareDocument {
  public:
    /// `running`: its slot. `feed`: none on an appliance without a feed. All references outlive this object.
    FirmwareDocument(const configuration::Appliance &appliance, partitions::Slot running,
                     const OtherSlot &other_slot, const FirmwareFolder &folder, const FirmwareChoice &choice,
                     FailedVersions &failed_versions, const FeedMonitor *feed);

    /// The document as of now. Readers of other versions depend on every name in it. Cheap, because everybody
    /// may ask for it: an unchanged file is verified once only, and an unchanged system is mounted once only.
    nlohmann::json make() const;

  private:
    nlohmann::json downloaded() const;

    const configuration::Appliance &appliance_;
    partitions::Slot running_;
    const OtherSlot &other_slot_;
    const FirmwareFolder &folder_;
    const FirmwareChoice &choice_;
    FailedVersions &failed_versions_;
    const FeedMonitor *feed_;
};

} // namespace updater::available
