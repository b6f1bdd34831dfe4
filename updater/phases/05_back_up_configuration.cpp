// Phase 5, back up the configuration.
#include "updater/phases/05_back_up_configuration.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"

namespace updater {

BackUpConfigurationPhase::BackUpConfigurationPhase(partitions::Storage &storage,
                                                   partitions::Generations &generations)
    : storage_(storage), generations_(generations) {}

PhaseEnd BackUpConfigurationPhase::run(PhaseRun &run) {
    const auto source = generations_.path_of(run.facts.new_generation) / "source";
    partitions::make_directories(storage_, source);
    const auto copied = partitions::copy_tree(
        storage_, generations_.path_of(run.facts.old_generation) / "etc" / "upper", source / "etc");
    run.log(Severity::info, "backed up the configuration: " + std::to_string(copied.files) + " files, " +
                                std::to_string(copied.others) + " links and removals");
    return PhaseEnd::done;
}

void BackUpConfigurationPhase::undo(PhaseRun &run) {
    if (!run.facts.new_generation.empty())
        partitions::remove_tree(storage_, generations_.path_of(run.facts.new_generation) / "source" / "etc");
}

} // namespace updater
