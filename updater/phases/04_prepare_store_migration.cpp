// Phase 4, prepare the message store migration.
#include "updater/phases/04_prepare_store_migration.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/phases/layout.hpp"

namespace updater {

PrepareStoreMigrationPhase::PrepareStoreMigrationPhase(partitions::Storage &storage,
                                                       partitions::Generations &generations,
                                                       const Appliance &appliance)
    : storage_(storage), generations_(generations), appliance_(appliance) {}

PhaseEnd PrepareStoreMigrationPhase::run(PhaseRun &run) {
    const auto old_generation = generations_.path_of(run.facts.old_generation);
    const auto source = generations_.path_of(run.facts.new_generation) / "source";
    partitions::make_directories(storage_, source);
    run.facts.stores.emplace();
    for (const auto &store : appliance_.stores) {
        run.progress(0, "copying the " + store.name);
        const auto copied = partitions::copy_tree(storage_, Layout::in_generation(old_generation, store.path),
                                                  source / store.name);
        run.log(Severity::info,
                "backed up the " + store.name + ": " + std::to_string(copied.files) + " files");
        run.facts.stores->push_back(store.name);
    }
    return PhaseEnd::done;
}

void PrepareStoreMigrationPhase::undo(PhaseRun &run) {
    if (!run.facts.new_generation.empty())
        partitions::remove_tree(storage_, generations_.path_of(run.facts.new_generation) / "source");
}

} // namespace updater
