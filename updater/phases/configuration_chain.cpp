// The chain of configuration conversions.
#include "updater/phases/configuration_chain.hpp"

#include "partitions/durable.hpp"

namespace updater {

std::filesystem::path convert_configuration(partitions::Storage &storage, Conversions &runner,
                                            const std::vector<Conversion> &conversions,
                                            const std::filesystem::path &source,
                                            const std::filesystem::path &work, const ConversionView &view,
                                            PhaseRun &run, int first_percent, int last_percent) {
    auto stage = source;
    const auto count = static_cast<int>(conversions.size());
    for (int index = 0; index < count; ++index) {
        const auto next = work / ("stage-" + std::to_string(index + 1));
        partitions::remove_tree(storage, next);
        partitions::make_directories(storage, next);
        storage.copy_attributes(source, next);
        const int span = last_percent - first_percent;
        runner.convert(conversions[static_cast<std::size_t>(index)], stage, next, view, run,
                       first_percent + span * index / count, first_percent + span * (index + 1) / count);
        stage = next;
    }
    return stage;
}

} // namespace updater
