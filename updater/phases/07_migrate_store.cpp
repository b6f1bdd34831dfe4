// Phase 7, migrate the message store.
#include "updater/phases/07_migrate_store.hpp"

#include "partitions/durable.hpp"
#include "updater/phases/conversion_stages.hpp"

#include <algorithm>

namespace updater::phases {

namespace {

constexpr PercentRange converting{0, 95};

/// A store that the old system did not have has no copy. Each store that it had must have one.
bool is_new(const configuration::Store &store, const job::JobFacts &facts) {
    return facts.stores && std::ranges::find(*facts.stores, store.name) == facts.stores->end();
}

} // namespace

MigrateStorePhase::MigrateStorePhase(partitions::Storage &storage, partitions::SystemRoots &roots,
                                     partitions::Generations &generations, Conversions &conversions,
                                     const configuration::Appliance &appliance)
    : storage_(storage), roots_(roots), generations_(generations), conversions_(conversions),
      appliance_(appliance) {}

job::PhaseEnd MigrateStorePhase::run(job::PhaseRun &run) {
    const auto &stores = appliance_.stores;
    for (std::size_t index = 0; index < stores.size(); ++index) {
        if (is_new(stores[index], run.facts))
            run.log(job::Severity::info, "the " + stores[index].name + " is new in " + run.facts.to_version +
                                             ": there is nothing to migrate");
        else
            migrate(stores[index], run, converting.piece(index, stores.size()));
    }
    return job::PhaseEnd::done;
}

void MigrateStorePhase::migrate(const configuration::Store &store, job::PhaseRun &run,
                                PercentRange progress) {
    const auto generation = generations_.at(run.facts.new_generation);
    const auto made = convert(store, generation, run, progress);
    const auto final_place = generation.in_var(store.path);
    // It gets its name only when it is complete: a store of that name can be relied on.
    partitions::make_directories(storage_, final_place.parent_path());
    partitions::remove_tree(storage_, final_place);
    storage_.rename(made, final_place);
    storage_.sync_directory(final_place.parent_path());
    storage_.sync_directory(made.parent_path());
    run.log(job::Severity::info, "the " + store.name + " is in place");
}

std::filesystem::path MigrateStorePhase::convert(const configuration::Store &store,
                                                 const partitions::Generation &generation, job::PhaseRun &run,
                                                 PercentRange progress) {
    const auto source = generation.source_of_store(store.name);
    const auto chain = conversions_of_store(run.facts.conversions, store.name);
    // A point release has no conversions: nothing is mounted, and no program runs.
    if (chain.empty())
        return source;
    const auto old_root = roots_.of_slot(run.facts.old_slot);
    const ConversionView view{.program_root = "/",
                              .old_root = old_root.path(),
                              .new_root = "/",
                              .old_var = generations_.at(run.facts.old_generation).var(),
                              .new_var = generation.var()};
    auto made =
        convert_in_stages(storage_, conversions_, chain, {source, generation.source()}, view, run, progress);
    storage_.sync_filesystem(made);
    return made;
}

} // namespace updater::phases
