#include "updater/rescue/due_copy.hpp"

#include <algorithm>

namespace updater::rescue {

Situation read_situation(partitions::BootSelection &boot, const partitions::Generations &generations,
                         const checks::LeftGeneration &left_generation, partitions::Slot running) {
    const auto rescue = partitions::other(running);
    Situation situation{.version = {}, .running_generation = generations.of_slot(running)};
    situation.committed = boot.default_slot() == running && !boot.pending_try();
    const auto assigned = generations.assigned(rescue);
    if (!assigned || !boot.bootable(rescue))
        return situation;
    situation.version = partitions::Generations::version_of(*assigned);
    situation.holds =
        *assigned == situation.running_generation ? RescueHolds::rescue_copy : RescueHolds::previous_system;
    situation.holds_mail = situation.holds == RescueHolds::previous_system && left_generation.is_in(rescue);
    return situation;
}

std::optional<std::chrono::system_clock::time_point> due_copy(const Situation &situation,
                                                              const configuration::RescueSettings &settings,
                                                              const SituationTimes &since) {
    if (settings.previous_kept == std::chrono::days(0) || !situation.committed || situation.holds_mail ||
        situation.holds == RescueHolds::rescue_copy)
        return std::nullopt;
    const auto due = situation.holds == RescueHolds::nothing ? since.empty + settings.empty
                                                             : since.committed + settings.previous_kept;
    return since.failure ? std::max(due, *since.failure + time_after_failure) : due;
}

} // namespace updater::rescue
