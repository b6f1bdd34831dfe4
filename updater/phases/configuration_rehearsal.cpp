#include "updater/phases/configuration_rehearsal.hpp"

#include "partitions/durable.hpp"
#include "partitions/tree_copy.hpp"
#include "updater/phases/conflicts.hpp"
#include "updater/phases/conversion_stages.hpp"

namespace updater::phases {

ConfigurationRehearsal::ConfigurationRehearsal(Conversions &conversions, ConfigurationChecks &checks,
                                               partitions::Storage &storage, partitions::SystemRoots &roots,
                                               partitions::Generations &generations)
    : conversions_(conversions), checks_(checks), storage_(storage), roots_(roots),
      generations_(generations) {}

void ConfigurationRehearsal::run(const std::filesystem::path &new_root, job::PhaseRun &run,
                                 PercentRange progress) {
    Conflicts conflicts;
    job::PhaseRun noticing = run;
    noticing.log = [&](const job::CodedSeverity &severity, std::string_view line) {
        conflicts.read(line, run.facts.known_conflicts);
        run.log(severity, line);
    };
    convert_and_check(new_root, noticing, progress);
    if (run.facts.stop_on_conflict)
        conflicts.require_none(run.facts);
}

void ConfigurationRehearsal::convert_and_check(const std::filesystem::path &new_root, job::PhaseRun &run,
                                               PercentRange progress) {
    const auto conversions = conversions_of(run.facts.conversions, firmware::ConversionKind::configuration);
    const auto checkers = checks_.checkers_of(new_root, run);
    const bool has_check_programs = checks_.has_check_programs(new_root);
    if (conversions.empty() && checkers.empty() && !has_check_programs)
        return;
    run.progress(progress.first, "rehearsing the conversion of the configuration");
    const auto generation = generations_.at(run.facts.new_generation);
    partitions::make_directories(storage_, generation.rehearsal_of_var());
    const auto old_generation = generations_.at(run.facts.old_generation);
    partitions::copy_tree(storage_, old_generation.etc_upper(), generation.rehearsal_of_etc());
    const auto old_root = roots_.of_running_image();
    const ConversionView view{.program_root = new_root,
                              .old_root = old_root.path(),
                              .new_root = "/",
                              .old_var = old_generation.var(),
                              .new_var = generation.rehearsal_of_var(),
                              .rehearsal = true};
    const auto converted =
        convert_in_stages(storage_, conversions_, conversions,
                          {generation.rehearsal_of_etc(), generation.rehearsal()}, view, run, progress);
    run.progress(progress.last, "checking the converted configuration");
    const ConvertedConfiguration configuration{.upper = converted, .var = generation.rehearsal_of_var()};
    checks_.run_all(checkers, configuration, run);
    if (has_check_programs)
        checks_.run_check_programs(configuration, run);
}

} // namespace updater::phases
