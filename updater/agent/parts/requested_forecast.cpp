#include "updater/agent/parts/requested_forecast.hpp"

#include "updater/agent/dry_run.hpp"
#include "updater/agent/parts/looked_firmware.hpp"
#include "updater/progress/forecast.hpp"

#include <utility>

namespace updater::agent::parts {

FirmwareCheck::Forecast requested_forecast(Machine &machine, const Firmware &firmware, const Offer &offer,
                                           const Jobs &jobs, const progress::History &history) {
    return [&machine, &firmware, &offer, jobs, &history](
               const std::string &source, const job::InstallOptions &options, const std::stop_token &stop) {
        auto looked = look_at({source, options.force}, firmware, offer, jobs.new_jobs, machine.storage, stop);
        const auto manifest = looked.firmware.head.manifest;
        DryRun run{.facts = std::move(looked.facts)};
        run.facts.stop_on_conflict = options.stop_on_conflict;
        run.facts.known_conflicts = options.known_conflicts;
        firmware.installation.note(looked.firmware.head, run.facts);
        if (!jobs.busy()) {
            const auto quiet = quiet_run(run.facts, stop);
            run.plan = firmware.installation.plan_only(looked.firmware, quiet);
            firmware.installation.note_amounts(*run.plan, quiet);
        }
        run.prediction = progress::predict(run.facts, history.document());
        if (const auto replaced = machine.generations.assigned(machine.other_slot()))
            run.replaced_version = partitions::Generations::version_of(*replaced);
        run.changed_in_etc =
            files_below(machine.storage, machine.generations.at(run.facts.old_generation).etc_upper());
        return document_of(run, manifest, machine.appliance);
    };
}

} // namespace updater::agent::parts
