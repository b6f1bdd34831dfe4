#include "updater/health/health_gate.hpp"

#include "updater/cancelled.hpp"
#include "updater/health/secure_shell.hpp"

#include <algorithm>
#include <thread>

namespace updater::health {
namespace {

std::string joined(const std::vector<std::string> &reasons) {
    std::string text = "the new system is not healthy: ";
    for (std::size_t index = 0; index < reasons.size(); ++index)
        text += (index == 0 ? "" : "; ") + reasons[index];
    return text;
}

} // namespace

HealthFailed::HealthFailed(std::vector<std::string> reasons)
    : std::runtime_error(joined(reasons)), reasons_(std::move(reasons)) {}

HealthGate::HealthGate(services::ServiceManager &services, hooks::runner::HookRunner &programs,
                       network::NetworkState &network, network::GreetingProbe &probe,
                       const configuration::Appliance &appliance)
    : HealthGate(services, programs, network, probe, appliance, Patience{}) {}

HealthGate::HealthGate(services::ServiceManager &services, hooks::runner::HookRunner &programs,
                       network::NetworkState &network, network::GreetingProbe &probe,
                       const configuration::Appliance &appliance, Patience patience)
    : services_(services), network_(network), probe_(probe), appliance_(appliance),
      vendors_(services, programs, appliance), patience_(std::move(patience)) {
    if (!patience_.sleep)
        patience_.sleep = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
}

void HealthGate::check(const HealthExpectations &expected, const hooks::runner::OnLine &on_line,
                       std::stop_token stop) {
    std::vector<std::string> reasons;
    check_units(expected.services, reasons);
    check_addresses(expected.pinned, reasons, stop);
    if (expected.machine)
        check_ssh(expected.machine->ssh, reasons, stop);
    // Before the programs: their test message adds a record.
    vendors_.count_records(expected.records, reasons, on_line, stop);
    vendors_.run_checks(expected.records, reasons, on_line, stop);
    // Again at the end: the test message may have crashed a unit that was active at first.
    if (reasons.empty())
        check_units(expected.services, reasons);
    // At the very end, so that units which failed briefly have been restarted.
    if (expected.machine)
        check_other_units(*expected.machine, reasons, stop);
    if (!reasons.empty())
        throw HealthFailed(std::move(reasons));
}

void HealthGate::check_units(const services::ServiceStates &before, std::vector<std::string> &reasons) {
    for (const configuration::ServiceUnit &unit : appliance_.services.units) {
        if (!unit.health_required)
            continue;
        try {
            const services::UnitState state = services_.state(unit.name);
            if (!services::has_to_run(services_, unit, before)) {
                if (before.find(unit.name) == nullptr && state.unit_file_state == "disabled")
                    reasons.push_back(unit.name +
                                      " is new, required and disabled: it would not run after a restart");
                continue;
            }
            if (state.active_state != "active")
                reasons.push_back(unit.name + " is " + state.active_state + " (" + state.sub_state +
                                  "), not active");
            for (const std::string &part : services_.parts(unit.name))
                if (services_.state(part).is_failed())
                    reasons.push_back(part + ", a part of " + unit.name + ", failed");
        } catch (const services::ServiceError &error) {
            reasons.emplace_back(error.what());
        }
    }
}

void HealthGate::wait_until_started(const std::stop_token &stop) {
    std::chrono::milliseconds waited(0);
    // A hanging job may have hung before the upgrade too. Units that it blocks are checked by name.
    while (services_.is_machine_starting() && waited < patience_.machine) {
        if (stop.stop_requested())
            throw Cancelled();
        patience_.sleep(patience_.poll_interval);
        waited += patience_.poll_interval;
    }
}

void HealthGate::check_other_units(const MachineRecord &before, std::vector<std::string> &reasons,
                                   const std::stop_token &stop) {
    const auto is_named = [&reasons](const std::string &unit) {
        return std::ranges::any_of(reasons, [&](const std::string &reason) {
            return reason.starts_with(unit + " ") || reason.starts_with(unit + ",");
        });
    };
    try {
        wait_until_started(stop);
        for (const auto &unit : newly_failed_units(services_, before))
            if (!is_named(unit))
                reasons.push_back(unit + " failed, which it had not before the upgrade (systemctl status " +
                                  unit + ", after a rollback journalctl -u " + unit + ")");
        for (const auto &unit : wrongly_running_units(services_, before))
            reasons.push_back(unit +
                              " runs, although it is switched off and did not before the upgrade (systemctl "
                              "status " +
                              unit + ")");
    } catch (const services::ServiceError &error) {
        reasons.emplace_back(error.what());
    }
}

void HealthGate::check_ssh(const std::vector<network::Endpoint> &before, std::vector<std::string> &reasons,
                           const std::stop_token &stop) {
    std::chrono::milliseconds waited(0);
    for (const network::Endpoint &endpoint : before) {
        std::string why;
        for (; !(why = why_no_ssh(probe_, endpoint)).empty() && waited < patience_.sshd;
             waited += patience_.poll_interval) {
            if (stop.stop_requested())
                throw Cancelled();
            patience_.sleep(patience_.poll_interval);
        }
        if (!why.empty())
            reasons.push_back("sshd does not answer at " + network::text_of(endpoint) +
                              ", as it did before the upgrade: " + why + ", after " +
                              std::to_string(patience_.sshd.count()) +
                              " seconds (systemctl status ssh, after a rollback journalctl -u ssh)");
    }
}

void HealthGate::check_addresses(const std::vector<network::InterfaceAddresses> &pinned,
                                 std::vector<std::string> &reasons, const std::stop_token &stop) {
    std::vector<std::string> missing;
    std::chrono::milliseconds waited(0);
    for (;;) {
        if (stop.stop_requested())
            throw Cancelled();
        try {
            missing = network_.missing_addresses(pinned);
        } catch (const network::NetworkError &error) {
            missing = {error.what()};
        }
        if (missing.empty() || waited >= patience_.addresses)
            break;
        patience_.sleep(patience_.poll_interval);
        waited += patience_.poll_interval;
    }
    for (const std::string &one : missing)
        reasons.push_back(one + " after " + std::to_string(patience_.addresses.count()) + " seconds");
}

} // namespace updater::health
