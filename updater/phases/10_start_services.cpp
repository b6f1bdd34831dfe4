// Phase 10, restart all services.
#include "updater/phases/10_start_services.hpp"

#include "updater/cancelled.hpp"
#include "updater/phases/percent.hpp"
#include "updater/services/gate_queue.hpp"
#include "updater/services/service_states.hpp"

#include "partitions/durable.hpp"

#include <stdexcept>
#include <utility>

namespace updater {

namespace {

/// Of each unit; the deadline of the trial goes on meanwhile.
constexpr std::chrono::seconds kTimeToStartAgain{60};

} // namespace

StartServicesPhase::StartServicesPhase(partitions::Storage &storage, partitions::Mounts &mounts,
                                       partitions::BootSelection &boot, partitions::Generations &generations,
                                       ServiceManager &services, MailGate &gate, NetworkState &network,
                                       HealthGate &health, LeastVersion &least_version,
                                       const Appliance &appliance, Layout layout)
    : storage_(storage), mounts_(mounts), boot_(boot), generations_(generations), services_(services),
      gate_(gate), network_(network), health_(health), least_version_(least_version), appliance_(appliance),
      layout_(std::move(layout)) {}

PhaseEnd StartServicesPhase::run(PhaseRun &run) {
    if (boot_.default_slot() != run.facts.new_slot) {
        prove(run);
        if (run.stop.stop_requested())
            throw Cancelled();
        boot_.commit(run.facts.new_slot);
        run.log(Severity::info, "committed: " + run.facts.to_version + " is the system from now on");
    }
    finish(run);
    return PhaseEnd::done;
}

void StartServicesPhase::prove(PhaseRun &run) {
    // The order matters: nobody outside may reach the listeners, and the real queue must not be reachable,
    // before the first service starts. Otherwise mail could be accepted or delivered that a rollback then
    // knows nothing of.
    gate_.close(appliance_.mail.listener_ports);
    GateQueue queue(storage_, mounts_, generations_.at(run.facts.new_generation).gate_queue(),
                    appliance_.mail.queue);
    queue.cover();
    partitions::remove_tree(storage_, layout_.run / "services-held");
    start_all(run, 0, 50, run.stop);
    start_again_what_failed(run);

    run.progress(50, "checking the new system");
    const HealthExpectations expected{.services = run.facts.services.get<ServiceStates>(),
                                      .records = run.facts.expected_records,
                                      .pinned = run.facts.addresses.get<std::vector<InterfaceAddresses>>(),
                                      .machine = machine_record_from(run.facts.machine)};
    check_health(expected, run);
    run.log(
        Severity::info,
        "the health gate is passed: services, stores, addresses, sshd, all other units and a test message");
}

void StartServicesPhase::check_health(const HealthExpectations &expected, PhaseRun &run) {
    try {
        health_.check(
            expected, [&](std::string_view line) { run.log(Severity::info, line); }, run.stop);
    } catch (const HealthFailed &failure) {
        if (!is_rollback(run.facts))
            throw;
        throw std::runtime_error(std::string(failure.what()) + " (" + run.facts.to_version +
                                 " has the settings of before the upgrade, and is asked for what " +
                                 run.facts.from_version + " had; what differs can be changed in " +
                                 generations_.at(run.facts.new_generation).etc_upper().string() + ")");
    }
}

void StartServicesPhase::start_all(PhaseRun &run, int first_percent, int last_percent,
                                   const std::stop_token &stop) {
    const auto before = run.facts.services.get<ServiceStates>();
    std::size_t started = 0;
    start_services(services_, appliance_.services, before, [&](std::string_view step) {
        if (stop.stop_requested())
            throw Cancelled();
        run.progress(part_of(first_percent, last_percent, started++, appliance_.services.units.size()), step);
        run.log(Severity::info, step);
    });
}

void StartServicesPhase::start_again_what_failed(PhaseRun &run) {
    const auto before = machine_record_from(run.facts.machine);
    if (!before)
        return;
    // What needs a service that was held back had to fail, and would not at any other start. Whether it runs
    // now is for the health gate to say.
    for (const auto &unit : newly_failed_units(services_, *before)) {
        if (run.stop.stop_requested())
            throw Cancelled();
        run.log(Severity::info, "starting " + unit + " again: it failed while services were held back");
        try {
            services_.start(unit, kTimeToStartAgain);
        } catch (const ServiceError &failure) {
            run.log(Severity::warning, failure.what());
        }
    }
}

void StartServicesPhase::finish(PhaseRun &run) {
    const auto generation = generations_.at(run.facts.new_generation);
    // The deadline of the trial has been met.
    partitions::remove_tree(storage_, layout_.run / "on-trial");
    run.progress(80, "going back to the mail queue");
    GateQueue queue(storage_, mounts_, generation.gate_queue(), appliance_.mail.queue);
    if (queue.covers() || storage_.kind(generation.gate_queue()) != partitions::FileKind::none) {
        services_.stop(appliance_.mail.unit, appliance_.services.stop_timeout);
        const auto moved = queue.uncover();
        if (moved > 0)
            run.log(Severity::info,
                    std::to_string(moved) + " messages written meanwhile were put into the queue");
    }
    start_all(run, 80, 90, {}); // committed: nothing stops it any more
    gate_.open();
    run.log(Severity::info, "mail from outside is accepted again");

    run.progress(90, "going back to DHCP");
    partitions::remove_tree(storage_, generation.pin());
    network_.unpin();
    run.log(Severity::info, "the addresses are no longer pinned");
    // Last, so that a disk that is full or broken does not keep the mail out.
    raise_least_version(run);
    if (!appliance_.keep_old_generation && !is_rollback(run.facts))
        give_up_old_system(run);
}

void StartServicesPhase::give_up_old_system(PhaseRun &run) {
    // In this order: a system without its generation must not be reached by the boot loader.
    boot_.mark_unbootable(run.facts.old_slot);
    generations_.unassign(run.facts.old_slot);
    generations_.retire(run.facts.old_generation);
    run.log(Severity::info, "the previous system was given up, as appliance.xml says (old-generation)");
}

void StartServicesPhase::raise_least_version(PhaseRun &run) {
    if (run.facts.least_acceptable_version.empty())
        return;
    least_version_.raise_to(Version::parse(run.facts.least_acceptable_version));
    run.log(Severity::info, "no version older than " + run.facts.least_acceptable_version +
                                " is installed or gone back to from now on");
}

} // namespace updater
