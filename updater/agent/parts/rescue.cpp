#include "updater/agent/parts/rescue.hpp"

#include "updater/rescue/started_copy.hpp"

#include <iostream>
#include <utility>

namespace updater::agent::parts {

Rescue::Rescue(Machine &machine, Firmware &firmware, install::ImageHeads &heads, Reports &reports,
               std::function<bool()> job_runs,
               std::function<void(const std::function<void()> &restart)> without_job)
    : copy(machine.storage, machine.partition_finder, machine.boot, machine.generations, heads,
           firmware.trusted_keys, machine.running.slot),
      verification(machine.storage, machine.partition_finder, heads, firmware.trusted_keys, rescue::files_at),
      record(machine.storage, machine.layout.rescue),
      work({copy, verification, record, reports.announcements, std::cout},
           {.running = machine.running.slot,
            .job_runs = std::move(job_runs),
            .situation =
                [&machine] {
                    return rescue::read_situation(machine.boot, machine.generations,
                                                  checks::LeftGeneration(machine.storage, machine.generations,
                                                                         machine.layout.left_generation),
                                                  machine.running.slot);
                },
            .settings = [&machine] { return machine.settings.read().settings.rescue; },
            .start_copy =
                [&machine, this, without_job = std::move(without_job)] {
                    without_job([&machine, this] {
                        note_start_on_request(machine);
                        rescue::restart_into_copy(machine.boot, machine.running.slot,
                                                  [&machine] { machine.services.restart_machine(); });
                    });
                }},
           machine.clock) {}

void Rescue::note_start_on_request(Machine &machine) {
    try {
        const auto slot = machine.other_slot();
        record.note_started({.slot = slot,
                             .generation = machine.generations.of_slot(slot),
                             .when = machine.clock(),
                             .on_request = true});
    } catch (const partitions::StorageError &failure) {
        std::cerr << "that the rescue copy is started on request could not be noted: " << failure.what()
                  << '\n';
    }
}

} // namespace updater::agent::parts
