// Phase 7, migrate the message store.
#include "updater/phases/07_migrate_store.hpp"

#include "partitions/durable.hpp"

#include "updater/phases/layout.hpp"

#include <algorithm>

namespace updater {

MigrateStorePhase::MigrateStorePhase(partitions::Storage &storage, partitions::SystemRoots &roots,
                                     partitions::Generations &generations, Conversions &conversions,
                                     const Appliance &appliance)
    : storage_(storage), roots_(roots), generations_(generations), conversions_(conversions),
      appliance_(appliance) {}

PhaseEnd MigrateStorePhase::run(PhaseRun &run) {
    const auto old_root = roots_.of_slot(run.facts.old_slot);
    const ConversionView view{.program_root = "/",
                              .old_root = old_root.path(),
                              .new_root = "/",
                              .old_var = generations_.path_of(run.facts.old_generation) / "var",
                              .new_var = generations_.path_of(run.facts.new_generation) / "var"};
    const auto conversions = conversions_of(run.facts.conversions, ConversionKind::store);
    for (const auto &store : appliance_.stores)
        bring_over(store, conversions, view, run);
    return PhaseEnd::done;
}

void MigrateStorePhase::bring_over(const Store &store, const std::vector<Conversion> &conversions,
                                   const ConversionView &view, PhaseRun &run) {
    const auto generation = generations_.path_of(run.facts.new_generation);
    const auto source = generation / "source" / store.name;
    const auto final_place = Layout::in_generation(generation, store.path);
    auto made = source;

    const auto conversion = std::find_if(conversions.begin(), conversions.end(),
                                         [&](const Conversion &each) { return each.name == store.name; });
    if (conversion != conversions.end()) {
        made = final_place.parent_path() / (final_place.filename().string() + ".converting");
        partitions::remove_tree(storage_, made);
        partitions::make_directories(storage_, made);
        storage_.copy_attributes(source, made);
        conversions_.convert(*conversion, source, made, view, run, 0, 95);
        storage_.sync_filesystem(made);
    }
    // Under its own name only when it is whole: whoever finds the store there may rely on it.
    partitions::make_directories(storage_, final_place.parent_path());
    partitions::remove_tree(storage_, final_place);
    storage_.rename(made, final_place);
    storage_.sync_directory(final_place.parent_path());
    storage_.sync_directory(made.parent_path());
    run.log(Severity::info, "the " + store.name + " is in place");
}

} // namespace updater
