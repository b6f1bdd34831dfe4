#include "updater/phases/old_system.hpp"

#include <utility>

namespace updater::phases {

OldSystem::OldSystem(partitions::BootSelection &boot, partitions::Generations &generations,
                     checks::LeastVersion &least_version, checks::LeftGeneration left_generation, bool keep)
    : boot_(boot), generations_(generations), least_version_(least_version),
      left_generation_(std::move(left_generation)), keep_(keep) {}

void OldSystem::note_left_generation(job::PhaseRun &run) {
    if (job::is_rollback(run.facts))
        left_generation_.remember(run.facts.old_generation);
    else
        left_generation_.forget();
}

void OldSystem::raise_least_version(job::PhaseRun &run) {
    if (run.facts.least_acceptable_version.empty())
        return;
    least_version_.raise_to(firmware::Version::parse(run.facts.least_acceptable_version));
    run.log(job::Severity::info, "no version older than " + run.facts.least_acceptable_version +
                                     " can be installed or rolled back to from now on");
}

void OldSystem::give_up(job::PhaseRun &run) {
    if (keep_ || job::is_rollback(run.facts))
        return;
    // In this order: the boot loader must not reach a system without its generation.
    boot_.mark_unbootable(run.facts.old_slot);
    generations_.unassign(run.facts.old_slot);
    generations_.retire(run.facts.old_generation);
    for (const auto &left : generations_.remove_retired())
        run.log(job::Severity::warning, left);
    run.log(job::Severity::info, "removed the previous system, as appliance.xml says (old-generation)");
}

} // namespace updater::phases
