// Phase 8, install the new configuration.
#include "updater/phases/08_install_configuration.hpp"

#include "partitions/durable.hpp"
#include "updater/phases/configuration_chain.hpp"
#include "updater/phases/old_root.hpp"

#include <utility>

namespace updater {

InstallConfigurationPhase::InstallConfigurationPhase(partitions::Storage &storage,
                                                     const partitions::PartitionFinder &partitions,
                                                     partitions::Generations &generations,
                                                     Conversions &conversions, ServiceManager &services,
                                                     Layout layout)
    : storage_(storage), partitions_(partitions), generations_(generations), conversions_(conversions),
      services_(services), layout_(std::move(layout)) {}

PhaseEnd InstallConfigurationPhase::run(PhaseRun &run) {
    const auto generation = generations_.path_of(run.facts.new_generation);
    const auto old_root = mount_old_root(storage_, partitions_, layout_, run.facts.old_slot);
    const auto image_root = show_image_root(storage_, layout_);
    const ConversionView view{.program_root = "/",
                              .old_root = old_root.target(),
                              .new_root = image_root.target(),
                              .old_var = generations_.path_of(run.facts.old_generation) / "var",
                              .new_var = generation / "var"};
    const auto conversions = conversions_of(run.facts.conversions, ConversionKind::configuration);
    const auto converted =
        convert_configuration(storage_, conversions_, conversions, generation / "source" / "etc",
                              generation / "source", view, run, 0, 90);

    // The rename decides: before it the new system starts with the bootstrap configuration, after it with
    // this one.
    storage_.sync_filesystem(converted);
    const auto upper = generation / "etc" / "upper";
    storage_.rename(converted, upper);
    storage_.sync_directory(upper.parent_path());
    storage_.sync_directory(converted.parent_path());

    run.progress(95, "putting the configuration in place");
    show_in_etc(generation, image_root.target());
    services_.reload_daemon();
    run.log(Severity::info,
            "the converted configuration is in place; what was carried over, merged or left behind is "
            "listed in /etc/update-control/carried-over.txt");
    return PhaseEnd::done;
}

void InstallConfigurationPhase::show_in_etc(const std::filesystem::path &generation,
                                            const std::filesystem::path &image_root) {
    // Over the bootstrap overlay, not instead of it: running programs keep the files they have open, and at
    // no moment is there a machine without /etc.
    partitions::Mount overlay("overlay", layout_.configuration, "overlay",
                              "lowerdir=" + (image_root / "etc").string() +
                                  ",upperdir=" + (generation / "etc" / "upper").string() +
                                  ",workdir=" + (generation / "etc" / "work").string());
    overlay.release();
}

} // namespace updater
