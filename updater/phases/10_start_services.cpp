// Phase 10, restart all services.
#include "updater/phases/10_start_services.hpp"

#include "updater/cancelled.hpp"
#include "updater/phases/finishing.hpp"
#include "updater/phases/percent.hpp"
#include "updater/services/gate_queue.hpp"
#include "updater/services/service_states.hpp"

#include "partitions/durable.hpp"

#include <stdexcept>
#include <utility>

namespace updater::phases {

namespace {

/// Of each unit; the deadline of the trial goes on meanwhile.
constexpr std::chrono::seconds time_to_start_again{60};

constexpr int started_percent = 50;

} // namespace

StartServicesPhase::StartServicesPhase(partitions::Storage &storage, partitions::Mounts &mounts,
                                       partitions::BootSelection &boot, partitions::Generations &generations,
                                       services::ServiceManager &services, services::MailGate &gate,
                                       network::NetworkState &network, health::HealthGate &health,
                                       checks::LeastVersion &least_version,
                                       const configuration::Appliance &appliance, partitions::Layout layout)
    : storage_(storage), mounts_(mounts), boot_(boot), generations_(generations), services_(services),
      gate_(gate), network_(network), health_(health), least_version_(least_version), appliance_(appliance),
      layout_(std::move(layout)) {}

job::PhaseEnd StartServicesPhase::run(job::PhaseRun &run) {
    const bool on_trial = storage_.kind(layout_.run / "on-trial") != partitions::FileKind::none;
    if (!is_committed(run.facts, on_trial)) {
        prove(run);
        if (run.stop.stop_requested())
            throw Cancelled();
        boot_.commit(run.facts.new_slot);
        run.log(job::Severity::info, "committed: " + run.facts.to_version + " is the system from now on");
    } else if (on_trial) {
        // Once more: when a commit fails, it may be seen and yet not be on the disk.
        boot_.commit(run.facts.new_slot);
    }
    Finishing(storage_, mounts_, boot_, generations_, services_, gate_, network_, least_version_, appliance_,
              layout_)
        .run(run);
    return job::PhaseEnd::done;
}

bool StartServicesPhase::is_committed(const job::JobFacts &facts, bool on_trial) {
    try {
        return boot_.default_slot() == facts.new_slot;
    } catch (const std::exception &) {
        // What the boot loader has started without a try is what it starts by default. A boot partition that
        // cannot be read must not keep the mail out then.
        if (on_trial)
            throw;
        return true;
    }
}

void StartServicesPhase::prove(job::PhaseRun &run) {
    // The order matters: nobody outside may reach the listeners, and the real queue must not be reachable,
    // before the first service starts. Otherwise mail could be accepted or delivered that a rollback then
    // knows nothing of.
    gate_.close(appliance_.mail.listener_ports);
    services::GateQueue queue(storage_, mounts_, generations_.at(run.facts.new_generation).gate_queue(),
                              appliance_.mail.queue);
    queue.cover();
    partitions::remove_tree(storage_, layout_.run / "services-held");
    start_all(run);
    start_again_what_failed(run);

    run.progress(started_percent, "checking the new system");
    const health::HealthExpectations expected{
        .services = run.facts.services.get<services::ServiceStates>(),
        .records = run.facts.expected_records,
        .pinned = run.facts.addresses.get<std::vector<network::InterfaceAddresses>>(),
        .machine = health::machine_record_from(run.facts.machine)};
    check_health(expected, run);
    run.log(
        job::Severity::info,
        "the health gate is passed: services, stores, addresses, sshd, all other units and a test message");
}

void StartServicesPhase::check_health(const health::HealthExpectations &expected, job::PhaseRun &run) {
    try {
        health_.check(
            expected, [&](std::string_view line) { run.log(job::Severity::info, line); }, run.stop);
    } catch (const health::HealthFailed &failure) {
        if (!job::is_rollback(run.facts))
            throw;
        throw std::runtime_error(std::string(failure.what()) + " (" + run.facts.to_version +
                                 " has the settings of before the upgrade, and is asked for what " +
                                 run.facts.from_version + " had; what differs can be changed in " +
                                 generations_.at(run.facts.new_generation).etc_upper().string() + ")");
    }
}

void StartServicesPhase::start_all(job::PhaseRun &run) {
    const auto before = run.facts.services.get<services::ServiceStates>();
    std::size_t started = 0;
    services::start_services(services_, appliance_.services, before, [&](std::string_view step) {
        if (run.stop.stop_requested())
            throw Cancelled();
        run.progress(part_of(0, started_percent, started++, appliance_.services.units.size()), step);
        run.log(job::Severity::info, step);
    });
}

void StartServicesPhase::start_again_what_failed(job::PhaseRun &run) {
    const auto before = health::machine_record_from(run.facts.machine);
    if (!before)
        return;
    // What needs a service that was held back had to fail, and would not at any other start. Whether it runs
    // now is for the health gate to say.
    for (const auto &unit : health::newly_failed_units(services_, *before)) {
        if (run.stop.stop_requested())
            throw Cancelled();
        run.log(job::Severity::info, "starting " + unit + " again: it failed while services were held back");
        try {
            services_.start(unit, time_to_start_again);
        } catch (const services::ServiceError &failure) {
            run.log(job::Severity::warning, failure.what());
        }
    }
}

void StartServicesPhase::undo(job::PhaseRun &run) {
    if (run.facts.new_generation.empty())
        return;
    const auto folder = generations_.at(run.facts.new_generation).gate_queue();
    if (!services::holds_messages(storage_, folder))
        return;
    // What programs wrote on trial was accepted, and the new system is about to lose its queue.
    const auto &unit = appliance_.mail.unit;
    bool was_active = false;
    const auto try_to = [&](auto what) {
        try {
            what();
        } catch (const services::ServiceError &failure) {
            run.log(job::Severity::warning, failure.what());
        }
    };
    try_to([&] {
        was_active = services_.state(unit).is_active();
        services_.stop(unit, appliance_.services.stop_timeout);
    });
    try {
        const auto moved = services::GateQueue(storage_, mounts_, folder, appliance_.mail.queue).uncover();
        run.log(job::Severity::info,
                std::to_string(moved) + " messages written by the system on trial were put into the queue");
    } catch (...) {
        if (was_active)
            try_to([&] { services_.start(unit, appliance_.services.start_timeout); });
        throw;
    }
    if (was_active)
        try_to([&] { services_.start(unit, appliance_.services.start_timeout); });
}

} // namespace updater::phases
