// Makes the document of `update-control -l --json` (format 1): what runs, what the other slot holds, what was
// downloaded and what can be installed. Changes nothing.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/available/feed_monitor.hpp"
#include "updater/available/firmware_choice.hpp"
#include "updater/available/firmware_folder.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/job/running_system.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

namespace updater::available {

class FirmwareDocument {
  public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    /// Limits how often the boot selection is read while a job runs; while none runs, it is read once.
    static constexpr std::chrono::seconds min_time_between_boot_queries{15};

    /// `busy`: whether a job runs; only a job changes the boot selection. `feed`: none on an appliance
    /// without a feed. All references outlive this object.
    FirmwareDocument(const configuration::Appliance &appliance, job::RunningSystem running,
                     partitions::BootSelection &boot, const partitions::Generations &generations,
                     const FirmwareFolder &folder, const FirmwareChoice &choice, const FeedMonitor *feed,
                     std::function<bool()> busy, Now now = std::chrono::steady_clock::now);

    /// The document as of now. Readers of other versions depend on every name in it. Cheap, because everybody
    /// may ask for it: an unchanged file is verified once only, and an unchanged system is mounted once only.
    nlohmann::json make() const;

  private:
    nlohmann::json other_slot() const;
    nlohmann::json downloaded() const;
    bool other_slot_boots() const;

    const configuration::Appliance &appliance_;
    job::RunningSystem running_;
    partitions::BootSelection &boot_;
    const partitions::Generations &generations_;
    const FirmwareFolder &folder_;
    const FirmwareChoice &choice_;
    const FeedMonitor *feed_;
    std::function<bool()> busy_;
    Now now_;

    struct BootQuery {
        bool other_boots = false;
        bool while_busy = false;
        std::chrono::steady_clock::time_point time;
    };
    mutable std::mutex mutex_; ///< for the query
    mutable std::optional<BootQuery> boot_query_;
};

} // namespace updater::available
