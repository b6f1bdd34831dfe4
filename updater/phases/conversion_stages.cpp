// The stages of a chain of conversions.
#include "updater/phases/conversion_stages.hpp"

#include "partitions/durable.hpp"
#include "updater/phases/percent.hpp"

namespace updater::phases {

std::filesystem::path convert_in_stages(partitions::Storage &storage, Conversions &runner,
                                        const std::vector<firmware::Conversion> &chain,
                                        const std::filesystem::path &source,
                                        const std::filesystem::path &work, const ConversionView &view,
                                        job::PhaseRun &run, int first_percent, int last_percent) {
    auto stage = source;
    for (std::size_t index = 0; index < chain.size(); ++index) {
        const auto next = work / (chain[index].name + ".stage-" + std::to_string(index + 1));
        partitions::remove_tree(storage, next);
        partitions::make_directories(storage, next);
        storage.copy_attributes(source, next);
        runner.convert(chain[index], stage, next, view, run,
                       part_of(first_percent, last_percent, index, chain.size()),
                       part_of(first_percent, last_percent, index + 1, chain.size()));
        stage = next;
    }
    return stage;
}

} // namespace updater::phases
