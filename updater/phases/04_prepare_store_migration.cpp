// Phase 4, prepare the message store migration.
#include "updater/phases/04_prepare_store_migration.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"

namespace updater::phases {

PrepareStoreMigrationPhase::PrepareStoreMigrationPhase(partitions::Storage &storage,
                                                       partitions::Generations &generations,
                                                       const configuration::Appliance &appliance)
    : storage_(storage), generations_(generations), appliance_(appliance) {}

job::PhaseEnd PrepareStoreMigrationPhase::run(job::PhaseRun &run) {
    const auto old_generation = generations_.at(run.facts.old_generation);
    const auto generation = generations_.at(run.facts.new_generation);
    partitions::make_directories(storage_, generation.source());
    run.facts.stores.emplace();
    for (const auto &store : appliance_.stores) {
        run.progress(0, "copying the " + store.name);
        const auto copied = partitions::copy_tree(storage_, old_generation.in_var(store.path),
                                                  generation.source_of_store(store.name));
        run.log(job::Severity::info,
                "backed up the " + store.name + ": " + std::to_string(copied.files) + " files");
        run.facts.stores->push_back(store.name);
    }
    return job::PhaseEnd::done;
}

void PrepareStoreMigrationPhase::undo(job::PhaseRun &run) {
    if (!run.facts.new_generation.empty())
        partitions::remove_tree(storage_, generations_.at(run.facts.new_generation).source());
}

} // namespace updater::phases
