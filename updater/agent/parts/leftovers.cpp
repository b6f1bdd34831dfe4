#include "updater/agent/parts/leftovers.hpp"

#include "updater/services/gate_queue.hpp"

#include <exception>
#include <iostream>

namespace updater::agent::parts {

void clear_leftovers(Machine &machine) {
    try {
        machine.programs.end_leftovers();
        machine.roots.unmount_leftovers();
    } catch (const std::exception &failure) {
        std::cerr << "what an earlier agent left cannot be cleared away: " << failure.what() << '\n';
    }
}

void put_back_mail(Machine &machine, job::Journal &journal) {
    try {
        const auto contents = journal.read();
        if (!contents.records.empty() && contents.records.back().kind != job::RecordKind::job_ended)
            return;
        const auto moved =
            services::put_back_left_mail(machine.storage, machine.generations, machine.appliance.mail.queue);
        if (moved > 0)
            std::cout << moved << " messages of an earlier trial were put into the mail queue" << std::endl;
    } catch (const std::exception &failure) {
        std::cerr << "mail of an earlier trial cannot be put into the queue: " << failure.what() << '\n';
    }
}

} // namespace updater::agent::parts
