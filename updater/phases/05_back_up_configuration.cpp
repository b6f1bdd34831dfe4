// Phase 5, back up the configuration.
#include "updater/phases/05_back_up_configuration.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/phases/conversion_stages.hpp"

namespace updater::phases {

namespace {

constexpr int backed_up_percent = 10;
constexpr int converted_percent = 90;

} // namespace

BackUpConfigurationPhase::BackUpConfigurationPhase(partitions::Storage &storage,
                                                   partitions::SystemRoots &roots,
                                                   partitions::Generations &generations,
                                                   Conversions &conversions, ConfigurationChecks &checks)
    : storage_(storage), roots_(roots), generations_(generations), conversions_(conversions),
      checks_(checks) {}

job::PhaseEnd BackUpConfigurationPhase::run(job::PhaseRun &run) {
    const auto generation = generations_.at(run.facts.new_generation);
    back_up(generation, run);
    const auto converted = convert(generation, run);
    check(converted, generation, run);
    put_in_place(converted, generation);
    run.log(job::Severity::info,
            "converted the configuration for " + run.facts.to_version +
                "; the reports of what was carried over, merged or left behind are in its "
                "/etc/update-control");
    return job::PhaseEnd::done;
}

void BackUpConfigurationPhase::back_up(const partitions::Generation &generation, job::PhaseRun &run) {
    partitions::make_directories(storage_, generation.source());
    const auto copied = partitions::copy_tree(storage_, generations_.at(run.facts.old_generation).etc_upper(),
                                              generation.source_of_etc());
    run.log(job::Severity::info, "backed up the configuration: " + std::to_string(copied.files) + " files, " +
                                     std::to_string(copied.others) + " links and removals");
}

std::filesystem::path BackUpConfigurationPhase::convert(const partitions::Generation &generation,
                                                        job::PhaseRun &run) {
    const auto new_root = roots_.of_slot(run.facts.new_slot);
    const auto old_root = roots_.of_running_image();
    const ConversionView view{.program_root = new_root.path(),
                              .old_root = old_root.path(),
                              .new_root = "/",
                              .old_var = generations_.at(run.facts.old_generation).var(),
                              .new_var = generation.var()};
    return convert_in_stages(storage_, conversions_,
                             conversions_of(run.facts.conversions, firmware::ConversionKind::configuration),
                             {generation.source_of_etc(), generation.source()}, view, run,
                             {backed_up_percent, converted_percent});
}

void BackUpConfigurationPhase::check(const std::filesystem::path &converted,
                                     const partitions::Generation &generation, job::PhaseRun &run) {
    run.progress(converted_percent, "checking the converted configuration");
    // Settings may have changed since the rehearsal.
    const auto checkers = checks_.checkers_of(roots_.of_slot(run.facts.new_slot).path(), run);
    checks_.run_all(checkers, {.upper = converted, .var = generation.var()}, run);
}

void BackUpConfigurationPhase::put_in_place(const std::filesystem::path &converted,
                                            const partitions::Generation &generation) {
    // Durable before it gets the name under which the new system looks for it, and under that name before
    // phase 6 lets the boot loader choose the new system.
    storage_.sync_filesystem(converted);
    const auto upper = generation.etc_upper();
    partitions::make_directories(storage_, generation.etc_work());
    storage_.rename(converted, upper);
    storage_.sync_directory(upper.parent_path());
    storage_.sync_directory(converted.parent_path());
}

void BackUpConfigurationPhase::undo(job::PhaseRun &run) {
    if (run.facts.new_generation.empty())
        return;
    const auto generation = generations_.at(run.facts.new_generation);
    partitions::remove_tree(storage_, generation.etc());
    partitions::remove_tree(storage_, generation.source_of_etc());
}

} // namespace updater::phases
