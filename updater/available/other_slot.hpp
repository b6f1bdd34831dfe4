// What the slot holds that isn't running. Asks rarely, because an answer takes a mount.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

namespace updater::available {

/// Thread-safe.
class OtherSlot {
  public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    /// Limits how often the boot selection is read while a job runs; while none runs, it is read once.
    static constexpr std::chrono::seconds min_time_between_boot_queries{15};

    /// `busy`: whether a job runs; only a job changes the boot selection. All references outlive this object.
    OtherSlot(partitions::Slot slot, partitions::BootSelection &boot,
              const partitions::Generations &generations, std::function<bool()> busy,
              Now now = std::chrono::steady_clock::now);

    /// "slot", "version" (or null), "bootable", "holds": "rescue copy" of the running system, "previous
    /// system", "unfinished install", "unknown".
    nlohmann::json document() const;
    /// What it holds was changed by something that is no job.
    void look_again();

  private:
    bool bootable() const;

    partitions::Slot slot_;
    partitions::BootSelection &boot_;
    const partitions::Generations &generations_;
    std::function<bool()> busy_;
    Now now_;

    struct BootQuery {
        bool bootable = false;
        bool while_busy = false;
        std::chrono::steady_clock::time_point time;
    };
    mutable std::mutex mutex_; ///< for the query
    mutable std::optional<BootQuery> boot_query_;
};

} // namespace updater::available
