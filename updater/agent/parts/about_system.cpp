#include "updater/agent/parts/about_system.hpp"

#include "updater/agent/system_banner.hpp"

#include <exception>
#include <iostream>

namespace updater::agent::parts {

void tell_about_system(Machine &machine, job::Journal &journal, notices::Announcements &announcements) {
    try {
        announcements.about_system(text_about_system(machine.running, machine.appliance.version,
                                                     machine.boot.default_slot(), journal.read()));
    } catch (const std::exception &failure) {
        std::cerr << "whether the right system runs can't be told: " << failure.what() << '\n';
    }
}

} // namespace updater::agent::parts
