#include "updater/agent/parts/about_system.hpp"

#include "updater/agent/system_banner.hpp"

#include <exception>
#include <iostream>

namespace updater::agent::parts {

void tell_about_system(Machine &machine, job::Journal &journal, const rescue::RescueRecord &record,
                       notices::Announcements &announcements) {
    try {
        announcements.about_system(text_about_system(
            machine.running, machine.appliance.version,
            {.default_slot = machine.boot.default_slot(),
             .other_bootable = machine.boot.bootable(machine.other_slot()),
             .running_generation = machine.generations.assigned(machine.running.slot).value_or(""),
             .copied_by_itself =
                 machine.settings.read().settings.rescue.previous_kept != std::chrono::days(0),
             .started_copy = record.started()},
            journal.read()));
    } catch (const std::exception &failure) {
        std::cerr << "whether the right system runs can't be told: " << failure.what() << '\n';
    }
}

} // namespace updater::agent::parts
