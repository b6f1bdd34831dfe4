// Phase 3, shut down services.
#include "updater/phases/03_stop_services.hpp"

#include "updater/cancelled.hpp"
#include "updater/checks/preconditions.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/health/store_inspection.hpp"
#include "updater/phases/percent.hpp"
#include "updater/services/service_states.hpp"

#include <stdexcept>

namespace updater::phases {

namespace {

/// Senders keep idle connections open to reuse them, so this limit is reached now and then.
constexpr std::chrono::seconds max_for_open_sessions{15};

/// What the status shows after the job, so it ends with a command.
std::string text_of(const std::vector<services::StartFailure> &failures) {
    std::string reasons;
    std::string units;
    for (const auto &failure : failures) {
        reasons += (reasons.empty() ? "" : "; ") + failure.reason;
        units += " " + failure.unit;
    }
    return "some services did not start: " + reasons + ". Start them by hand: systemctl start" + units;
}

} // namespace

StopServicesPhase::StopServicesPhase(services::ServiceManager &services, services::MailGate &gate,
                                     hooks::runner::HookRunner &programs, network::GreetingProbe &probe,
                                     const configuration::Appliance &appliance)
    : services_(services), gate_(gate), programs_(programs), probe_(probe), appliance_(appliance) {}

job::PhaseEnd StopServicesPhase::run(job::PhaseRun &run) {
    // Phase 2 may have ended just after the machine started.
    services::wait_until_settled(
        services_, appliance_.services, [&](std::string_view step) { run.log(job::Severity::info, step); },
        run.stop);
    record(run);

    close_to_senders(run);
    const auto &units = appliance_.services.units;
    for (std::size_t index = 0; index < units.size(); ++index) {
        if (run.stop.stop_requested())
            throw Cancelled();
        count_records_of(units[index].name, run);
        run.progress(part_of(0, 100, index, units.size()), "stopping " + units[index].name);
        services_.stop(units[index].name, appliance_.services.stop_timeout);
        run.log(job::Severity::info, "stopped " + units[index].name);
    }
    return job::PhaseEnd::done;
}

void StopServicesPhase::record(job::PhaseRun &run) {
    // What runs must be on the disk before the first unit stops: the undo and phase 10 start these units.
    const auto services = services::record_services(services_, appliance_.services);
    if (!job::is_rollback(run.facts))
        checks::check_services(services, appliance_.services);
    run.facts.services = services;
    const auto machine = health::record_machine(services_, programs_, probe_, run.stop);
    run.facts.machine = machine;
    run.save_facts();
    for (const auto &unit : services.units)
        if (unit.switched_off)
            run.log({job::Severity::warning, messages::Code::unit_runs_switched_off},
                    unit.name + " runs although it is " + unit.state.unit_file_state +
                        ": it will not run after the upgrade, as after any restart");
    for (const auto &unit : machine.failed_units)
        run.log({job::Severity::warning, messages::Code::unit_failed_before},
                unit + " had failed before the upgrade");
    for (const auto &endpoint : machine.ssh)
        run.log(job::Severity::info, "sshd answers at " + network::text_of(endpoint));
}

void StopServicesPhase::close_to_senders(job::PhaseRun &run) {
    gate_.close(appliance_.mail.listener_ports);
    run.log(job::Severity::info, "mail from outside is refused from now on; senders keep it and retry");
    // A sender in the middle of a message may finish it: if it were cut off before the acknowledgement, it
    // would send the message again.
    const auto left =
        services::wait_for_senders(gate_, appliance_.mail.listener_ports, max_for_open_sessions, run.stop);
    if (left > 0)
        run.log({job::Severity::warning, messages::Code::senders_cut_off},
                std::to_string(left) + " senders were still connected after " +
                    std::to_string(max_for_open_sessions.count()) + " s and are cut off");
}

void StopServicesPhase::count_records_of(const std::string &unit, job::PhaseRun &run) {
    // A rollback returns to a store of its own, which lacks the mail that came after the upgrade.
    if (job::is_rollback(run.facts))
        return;
    for (const auto &store : appliance_.stores) {
        if (store.unit != unit || !services_.state(unit).is_active())
            continue;
        const auto records = health::count_records(
            programs_, store, [&](std::string_view line) { run.log(job::Severity::info, line); }, run.stop);
        run.facts.expected_records[store.name] = records;
        run.log(job::Severity::info, "the " + store.name + " holds " + std::to_string(records) + " records");
    }
}

void StopServicesPhase::undo(job::PhaseRun &run) {
    std::vector<services::StartFailure> failures;
    if (run.facts.services)
        failures = services::start_again_what_ran(
            services_, appliance_.services, *run.facts.services,
            [&](std::string_view step) { run.log(job::Severity::info, step); });
    if (run.facts.unread.contains("services"))
        for (const auto &unit : appliance_.services.units)
            failures.push_back({unit.name, "whether " + unit.name +
                                               " ran is recorded in a form that this updater cannot read"});
    // Also after a failure: the services that run can work.
    run.log(job::Severity::info, services::open_and_tell(gate_));
    if (!failures.empty())
        throw std::runtime_error(text_of(failures));
}

} // namespace updater::phases
