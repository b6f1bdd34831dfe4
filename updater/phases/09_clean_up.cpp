// Phase 9, clean up.
#include "updater/phases/09_clean_up.hpp"

#include "partitions/durable.hpp"

namespace updater::phases {

CleanUpPhase::CleanUpPhase(partitions::Storage &storage, partitions::Generations &generations)
    : storage_(storage), generations_(generations) {}

job::PhaseEnd CleanUpPhase::run(job::PhaseRun &run) {
    const auto generation = generations_.at(run.facts.new_generation);
    for (const auto &leftover : {generation.source(), generation.rehearsal()}) {
        run.progress(50, "removing " + leftover.string());
        partitions::remove_tree(storage_, leftover);
    }
    run.log(job::Severity::info, "removed the copies that the migration worked on; " +
                                     run.facts.from_version + " and its generation " +
                                     run.facts.old_generation + " are kept for a rollback");
    return job::PhaseEnd::done;
}

} // namespace updater::phases
