// The stages of a chain of conversions.
#include "updater/phases/conversion_stages.hpp"

#include "partitions/durable.hpp"

namespace updater::phases {

std::filesystem::path convert_in_stages(partitions::Storage &storage, Conversions &runner,
                                        const std::vector<firmware::Conversion> &chain,
                                        const StageFolders &folders, const ConversionView &view,
                                        job::PhaseRun &run, PercentRange progress) {
    auto stage = folders.source;
    for (std::size_t index = 0; index < chain.size(); ++index) {
        const auto next = folders.work / (chain[index].name + ".stage-" + std::to_string(index + 1));
        partitions::remove_tree(storage, next);
        partitions::make_directories(storage, next);
        storage.copy_attributes(folders.source, next);
        runner.convert(chain[index], stage, next, view, run, progress.piece(index, chain.size()));
        stage = next;
    }
    return stage;
}

} // namespace updater::phases
