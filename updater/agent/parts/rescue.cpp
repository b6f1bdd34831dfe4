#include "updater/agent/parts/rescue.hpp"

#include <iostream>
#include <utility>

namespace updater::agent::parts {

Rescue::Rescue(Machine &machine, Firmware &firmware, install::ImageHeads &heads, Reports &reports,
               std::function<bool()> job_runs)
    : copy(machine.storage, machine.partition_finder, machine.boot, machine.generations, heads,
           firmware.trusted_keys, machine.running.slot),
      verification(machine.storage, machine.partition_finder, heads, firmware.trusted_keys),
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
            .grace = [&machine] { return machine.settings.read().settings.rescue_copy_after; }},
           machine.clock) {}

} // namespace updater::agent::parts
