// The document of `update-control -l --json` (format 1): what runs, what the other slot holds, what was
// downloaded and what can be installed. Only reads.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/agent/feed_monitor.hpp"
#include "updater/agent/firmware_choice.hpp"
#include "updater/agent/firmware_folder.hpp"
#include "updater/agent/running_system.hpp"
#include "updater/configuration/appliance.hpp"

#include <nlohmann/json.hpp>

namespace updater {

class FirmwareDocument {
  public:
    /// `feed`: none on an appliance without a feed. All references outlive this object.
    FirmwareDocument(const Appliance &appliance, RunningSystem running, partitions::BootSelection &boot,
                     const partitions::Generations &generations, const FirmwareFolder &folder,
                     const FirmwareChoice &choice, const FeedMonitor *feed);

    /// As it is at this moment. Readers of other versions depend on every name in it.
    nlohmann::json make() const;

  private:
    nlohmann::json other_slot() const;
    nlohmann::json downloaded() const;

    const Appliance &appliance_;
    RunningSystem running_;
    partitions::BootSelection &boot_;
    const partitions::Generations &generations_;
    const FirmwareFolder &folder_;
    const FirmwareChoice &choice_;
    const FeedMonitor *feed_;
};

} // namespace updater
