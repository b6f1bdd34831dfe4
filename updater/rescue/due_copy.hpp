// Whether a copy of the running system is to be made by itself, and when. Computes only.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/checks/left_generation.hpp"
#include "updater/configuration/settings.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace updater::rescue {

enum class RescueHolds {
    nothing, ///< that can be started
    previous_system,
    rescue_copy,
};

/// What the disk says.
struct Situation {
    RescueHolds holds = RescueHolds::nothing;
    std::string version; ///< of what the rescue partition holds; empty if nothing
    std::string running_generation;
    bool committed = false;  ///< the running system is the one that the boot loader starts from now on
    bool holds_mail = false; ///< a rollback left the system there, and its store alone has some mail
};

/// Throws what the boot selection throws, StorageError and GenerationNotFound.
Situation read_situation(partitions::BootSelection &boot, const partitions::Generations &generations,
                         const checks::LeftGeneration &left_generation, partitions::Slot running);

/// After a copy failed, how long until it is tried again by itself.
inline constexpr std::chrono::hours time_after_failure{6};

/// Since when what the situation says has been so.
struct SituationTimes {
    std::chrono::system_clock::time_point committed; ///< the running system
    std::chrono::system_clock::time_point empty;     ///< the rescue partition, as far as this agent knows
    std::optional<std::chrono::system_clock::time_point> failure; ///< of the last copy, if it failed
};

/// When a copy is due; nothing: none is made by itself.
std::optional<std::chrono::system_clock::time_point> due_copy(const Situation &situation,
                                                              const configuration::RescueSettings &settings,
                                                              const SituationTimes &since);

} // namespace updater::rescue
