#include "updater/agent/parts/reports.hpp"

#include "partitions/durable.hpp"
#include "updater/notices/notice_journal.hpp"

#include <iostream>

namespace updater::agent::parts {

Reports::Reports(Machine &machine, Checks &checks)
    : board(machine.storage,
            {.outgoing = machine.layout.notices,
             .told = machine.layout.told_notices,
             .banner = machine.layout.motd},
            {.wanted = [&machine] { return machine.settings.read().settings.notices; },
             .journal = notices::send_notice_to_systemd_journal,
             .bus = [this](const notices::Notice &notice) { notice_signals.push(notice); }}),
      announcements(board, std::cout, machine.clock,
                    [&machine] { return machine.settings.read().settings.notices.feed_unreachable; }),
      status(machine.clock, machine.appliance.version,
             std::string(1, partitions::letter(machine.running.slot))),
      observer(machine.storage, status, std::cout, machine.clock, progress::send_to_systemd_journal,
               [this, &machine, &checks](const job::JobFacts &facts, const job::JobEnd &end) {
                   announcements.job_ended(facts, end);
                   available::note_job_end(checks.failed_versions, facts, end);
                   partitions::remove_tree(machine.storage, machine.layout.deadline_passed);
               }) {}

} // namespace updater::agent::parts
