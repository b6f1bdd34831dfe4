#include "updater/phases/finishing.hpp"

#include <functional>

namespace updater::phases {

Finishing::Finishing(const partitions::Generations &generations, TrialMarks &marks, TrialMail &mail,
                     ServiceStart &services, TrialSettings &settings, OldSystem &old_system)
    : generations_(generations), marks_(marks), mail_(mail), services_(services), settings_(settings),
      old_system_(old_system) {}

void Finishing::run(job::PhaseRun &run) {
    struct Step {
        int percent;
        const char *name;
        std::function<void()> work;
    };
    // Mail first, so that nothing else keeps it out. What fails on a full disk, or on a bus that does not
    // answer, comes last.
    const Step steps[] = {
        {78, "ending the trial", [&] { marks_.end_trial(); }},
        {80, "returning to the mail queue", [&] { mail_.return_to_queue(generation_of(run), run); }},
        {85, "starting the services", [&] { services_.after_commit(run); }},
        {88, "accepting mail from outside", [&] { mail_.let_in(run); }},
        {90, "unpinning the addresses", [&] { settings_.unpin_addresses(generation_of(run), run); }},
        {93, "removing the settings of the trial", [&] { settings_.drop_from_service_manager(); }},
        {95, "noting what was left", [&] { old_system_.note_left_generation(run); }},
        {96, "noting the least acceptable version", [&] { old_system_.raise_least_version(run); }},
        {97, "removing the previous system", [&] { old_system_.give_up(run); }},
    };
    std::string failures;
    for (const Step &step : steps) {
        run.progress(step.percent, step.name);
        try {
            step.work();
        } catch (const std::exception &failure) {
            failures += (failures.empty() ? "" : "; ") + std::string(step.name) + ": " + failure.what();
        }
    }
    if (!failures.empty())
        throw NotFinished(failures);
}

partitions::Generation Finishing::generation_of(const job::PhaseRun &run) const {
    // A damaged journal may have lost the name; the slot has it.
    return generations_.at(run.facts.new_generation.empty() ? generations_.of_slot(run.facts.new_slot)
                                                            : run.facts.new_generation);
}

} // namespace updater::phases
