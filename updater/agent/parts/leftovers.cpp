#include "updater/agent/parts/leftovers.hpp"

#include "updater/job/job_history.hpp"
#include "updater/rescue/started_copy.hpp"
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

namespace {

/// A full disk must not prevent that the copy is kept; the record then knows it until the agent ends.
void note_started_by_boot_loader(Machine &machine, rescue::RescueRecord &record,
                                 const std::string &generation) {
    try {
        record.note_started(
            {.slot = machine.running.slot, .generation = generation, .when = machine.clock()});
    } catch (const partitions::StorageError &failure) {
        std::cerr << "that the boot loader had to start the rescue copy could not be noted: "
                  << failure.what() << '\n';
    }
}

/// Also what an agent noted that did not come to tell it. The same is told once.
void announce_started_copy(Machine &machine, const rescue::RescueRecord &record,
                           notices::Announcements &announcements) {
    const auto started = record.started();
    if (!started || started->on_request || started->over || started->slot != machine.running.slot ||
        machine.generations.assigned(started->slot) != started->generation ||
        machine.boot.default_slot() != started->slot)
        return;
    announcements.rescue_copy_started(
        partitions::letter(started->slot), partitions::letter(machine.other_slot()),
        machine.appliance.version, started->when,
        machine.settings.read().settings.rescue.previous_kept != std::chrono::days(0));
}

} // namespace

void keep_started_copy(Machine &machine, job::Journal &journal, rescue::RescueRecord &record,
                       notices::Announcements &announcements) {
    try {
        if (rescue::keep_started_copy(machine.boot, machine.generations, machine.running, journal.read(),
                                      [&](const std::string &generation) {
                                          note_started_by_boot_loader(machine, record, generation);
                                      }))
            std::cout << "the boot loader had to start the rescue copy, in slot "
                      << partitions::letter(machine.running.slot)
                      << ": it is the default system from now on, and slot "
                      << partitions::letter(machine.other_slot()) << " counts as empty" << std::endl;
    } catch (const std::exception &failure) {
        std::cerr << "the rescue copy that runs cannot be made the default system: " << failure.what()
                  << '\n';
        return;
    }
    try {
        announce_started_copy(machine, record, announcements);
    } catch (const std::exception &failure) {
        std::cerr << "that the rescue copy runs could not be announced: " << failure.what() << '\n';
    }
}

void hold_content_again(Machine &machine, job::Journal &journal) {
    try {
        const auto contents = journal.read();
        if (contents.records.empty() || contents.records.back().kind == job::RecordKind::job_ended ||
            !job::latest_facts(contents).content_before)
            return;
        if (!machine.content_lock.try_hold())
            std::cerr
                << "a content update runs although an upgrade does; whether it changed anything is looked at "
                   "after the commit\n";
    } catch (const std::exception &failure) {
        std::cerr << "content updates cannot be held back: " << failure.what() << '\n';
    }
}

} // namespace updater::agent::parts
