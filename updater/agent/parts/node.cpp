#include "updater/agent/parts/node.hpp"

#include <array>
#include <exception>
#include <iostream>
#include <pwd.h>
#include <stdexcept>
#include <utility>

namespace updater::agent::parts {

namespace {

std::string account_name(uid_t user) {
    if (user == 0)
        return "root"; // asks nobody
    std::array<char, 4096> space{};
    passwd entry{};
    passwd *found = nullptr;
    if (::getpwuid_r(user, &entry, space.data(), space.size(), &found) != 0 || found == nullptr)
        return "user " + std::to_string(user);
    return entry.pw_name;
}

void send_test_message(health::VendorChecks &checks, const configuration::Appliance &appliance,
                       const std::stop_token &stop) {
    if (appliance.health_programs.empty())
        throw std::runtime_error("this product has no program that sends a test message (<health> in "
                                 "appliance.xml)");
    std::vector<std::string> reasons;
    checks.run_checks(
        {}, reasons, [](std::string_view) {}, stop);
    std::string all;
    for (const std::string &reason : reasons)
        all += (all.empty() ? "" : "; ") + reason;
    if (!all.empty())
        throw std::runtime_error("a test message did not pass through the node: " + all);
}

node::ProductPrograms::Folders folders_of(const Machine &machine) {
    return {machine.layout.own_cluster_programs, machine.layout.cluster_programs};
}

} // namespace

void hold_back_drained_mail(node::Drain &drain) {
    try {
        drain.at_start();
    } catch (const std::exception &failure) {
        std::cerr << "whether mail was stopped on request cannot be read, or it cannot be stopped: "
                  << failure.what() << '\n';
    }
}

Node::Node(Machine &machine, Reports &reports, std::function<bool()> job_stopped_in_the_middle)
    : queue_programs(machine.storage, queue_runner, folders_of(machine)),
      programs(machine.storage, runner, folders_of(machine)), queue(queue_programs), role(programs),
      checks(services, runner, machine.appliance),
      work(reports.drain,
           {.queue = {.run = [this](const std::stop_token &stop) { queue.run(stop); },
                      .list = [this](const std::stop_token &stop) { return queue.list(stop); },
                      .connections =
                          [&machine] {
                              return machine.gate.open_connections(machine.appliance.mail.listener_ports);
                          }},
            .has_role = [this] { return role.is_known_here(); },
            .role = [this](node::RoleVerb verb,
                           const std::stop_token &stop) { return role.carry_out(verb, stop); },
            .test_message =
                [this, &machine](const std::stop_token &stop) {
                    send_test_message(checks, machine.appliance, stop);
                }},
           {.job_keeps_mail_back = [&reports] { return reports.status.job_keeps_mail_back(); },
            .job_stopped_in_the_middle = std::move(job_stopped_in_the_middle),
            .name_of_account = account_name,
            .mail_changed = [&reports] { reports.mail.watch.look_soon(); }},
           machine.clock) {}

} // namespace updater::agent::parts
