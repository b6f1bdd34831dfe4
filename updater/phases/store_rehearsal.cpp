// Rehearsing the conversions of the stores.
#include "updater/phases/store_rehearsal.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/phases/conversion_stages.hpp"
#include "updater/text/duration.hpp"

#include <chrono>
#include <string>

namespace updater::phases {

namespace {

constexpr int max_copies = 3;

} // namespace

StoreRehearsal::StoreRehearsal(const configuration::Appliance &appliance, Conversions &conversions,
                               partitions::Storage &storage, partitions::SystemRoots &roots,
                               partitions::Generations &generations)
    : appliance_(appliance), conversions_(conversions), storage_(storage), roots_(roots),
      generations_(generations) {}

void StoreRehearsal::run(const std::filesystem::path &new_root, job::PhaseRun &run, PercentRange progress) {
    if (conversions_of(run.facts.conversions, firmware::ConversionKind::store).empty())
        return;
    const auto generation = generations_.at(run.facts.new_generation);
    const auto old_root = roots_.of_running_image();
    const ConversionView view{.program_root = new_root,
                              .old_root = old_root.path(),
                              .new_root = "/",
                              .old_var = generations_.at(run.facts.old_generation).var(),
                              .new_var = generation.rehearsal_of_var(),
                              .rehearsal = true};
    partitions::make_directories(storage_, generation.rehearsal_of_var());
    const auto &stores = appliance_.stores;
    for (std::size_t index = 0; index < stores.size(); ++index)
        if (const auto chain = conversions_of_store(run.facts.conversions, stores[index].name);
            !chain.empty())
            rehearse(stores[index], chain, view, run, progress.piece(index, stores.size()));
}

void StoreRehearsal::rehearse(const configuration::Store &store,
                              const std::vector<firmware::Conversion> &chain, const ConversionView &view,
                              job::PhaseRun &run, PercentRange progress) {
    for (int copy = 1;; ++copy) {
        try {
            copy_and_convert(store, chain, view, run, progress);
            return;
        } catch (const ConversionPostponed &postponed) {
            // A store that is always busy has no better moment. Phase 7 converts one that is at rest.
            if (copy == max_copies) {
                run.log({job::Severity::warning, messages::Code::conversion_postponed},
                        std::string(postponed.what()) + "; going on without a rehearsal of the " +
                            store.name);
                return;
            }
            run.log(job::Severity::info, std::string(postponed.what()) + "; trying with another copy");
        }
    }
}

void StoreRehearsal::copy_and_convert(const configuration::Store &store,
                                      const std::vector<firmware::Conversion> &chain,
                                      const ConversionView &view, job::PhaseRun &run, PercentRange progress) {
    const auto begun = std::chrono::steady_clock::now();
    const auto work = generations_.at(run.facts.new_generation).rehearsal_of_stores();
    const auto source = work / store.name;
    partitions::remove_tree(storage_, work);
    partitions::make_directories(storage_, work);
    run.progress(progress.first, "copying the " + store.name + " for a rehearsal");
    partitions::copy_tree(storage_, generations_.at(run.facts.old_generation).in_var(store.path), source);
    convert_in_stages(storage_, conversions_, chain, {source, work}, view, run, progress);
    partitions::remove_tree(storage_, work);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    run.facts.rehearsed[store.name] = took; // durable with the end of the phase
    run.log(job::Severity::info,
            "the " + store.name + " can be converted; the rehearsal took " + text::duration_text(took));
}

} // namespace updater::phases
