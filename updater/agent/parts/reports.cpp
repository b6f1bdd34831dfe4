#include "updater/agent/parts/reports.hpp"

#include "partitions/durable.hpp"
#include "updater/network/listeners.hpp"
#include "updater/notices/notice_journal.hpp"
#include "updater/progress/forecast.hpp"

#include <array>
#include <climits>
#include <iostream>
#include <unistd.h>

namespace updater::agent::parts {

namespace {

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// For the beginning of a log: whoever reads a copy of it elsewhere knows where it comes from.
std::string text_of(const Machine &machine) {
    return "on " + host_name() + ", a " + machine.appliance.product + " on " + machine.appliance.hardware +
           ": version " + machine.appliance.version + " in slot " + partitions::letter(machine.running.slot) +
           ", boot " + machine.running.boot_id;
}

std::string login_text_of(const node::DrainOrder &order) {
    return "Mail is stopped: drained on request since " + text::iso_time(order.since) + " by " + order.by +
           ". To accept it again: update-control --resume\n";
}

/// What gave the order; "" if there is none.
std::string command_of(const std::optional<node::DrainOrder> &order) {
    if (!order)
        return "";
    return std::string("update-control --drain") + (order->keep_over_restart ? " --keep-over-restart" : "");
}

} // namespace

MailParts::MailParts(const Machine &machine, progress::JobStatus &status, const node::Drain &drain)
    : flow(
          services, gate, [](std::uint16_t port) { return network::listeners_at(port); }, probe,
          machine.appliance, [&drain] { return command_of(drain.order()); }),
      watch(flow, [&status](const health::MailState &found) { status.mail(found); }) {}

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
      history(machine.storage, machine.layout.history),
      status(machine.clock, machine.appliance.version,
             std::string(1, partitions::letter(machine.running.slot))),
      drain({machine.storage, {machine.layout.drained, machine.layout.drained_rules}},
            {machine.gate, machine.appliance.mail.listener_ports,
             [&machine] { return services::closing_commands(machine.appliance.mail.listener_ports); }},
            machine.running.boot_id, machine.clock,
            [this](const std::optional<node::DrainOrder> &order) {
                announcements.mail_is_drained(order ? login_text_of(*order) : "");
            }),
      mail(machine, status, drain),
      observer(
          machine.storage, {status, std::cout, progress::send_to_systemd_journal}, machine.clock,
          text_of(machine),
          [this, &machine, &checks](const job::JobFacts &facts, const job::JobEnd &end) {
              announcements.job_ended(facts, end);
              available::note_job_end(checks.failed_versions, facts, end);
              partitions::remove_tree(machine.storage, machine.layout.deadline_passed);
              history.add(facts, end); // last: the others must not fail because of it
          },
          [this](const job::JobFacts &facts) { return progress::predict(facts, history.document()); },
          {.soon = [this] { mail.watch.look_soon(); }, .now = [this] { mail.watch.look_now(); }}) {}

} // namespace updater::agent::parts
