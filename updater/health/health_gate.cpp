#include "updater/health/health_gate.hpp"

#include "updater/cancelled.hpp"
#include "updater/health/secure_shell.hpp"
#include "updater/health/store_inspection.hpp"

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
    : services_(services), programs_(programs), network_(network), probe_(probe), appliance_(appliance),
      patience_(std::move(patience)) {
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
    check_records(expected.records, reasons, on_line, stop);
    check_programs(expected.records, reasons, on_line, stop);
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
        patience_.sleep(patience_.between_looks);
        waited += patience_.between_looks;
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
             waited += patience_.between_looks) {
            if (stop.stop_requested())
                throw Cancelled();
            patience_.sleep(patience_.between_looks);
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
        patience_.sleep(patience_.between_looks);
        waited += patience_.between_looks;
    }
    for (const std::string &one : missing)
        reasons.push_back(one + " after " + std::to_string(patience_.addresses.count()) + " seconds");
}

void HealthGate::check_records(const std::map<std::string, std::uint64_t> &expected,
                               std::vector<std::string> &reasons, const hooks::runner::OnLine &on_line,
                               const std::stop_token &stop) {
    for (const auto &[name, records] : expected)
        if (std::ranges::find(appliance_.stores, name, &configuration::Store::name) ==
            appliance_.stores.end())
            reasons.push_back("the new system knows no store " + name + ", which held " +
                              std::to_string(records) + " records");
    for (const configuration::Store &store : appliance_.stores) {
        const auto records = expected.find(store.name);
        // A new store, or one that a rollback returns to, has no number to compare, but must be readable.
        if (records == expected.end() && !services_.state(store.unit).is_active())
            continue;
        try {
            const std::uint64_t found = count_records(programs_, store, on_line, stop);
            if (records != expected.end() && found != records->second)
                reasons.push_back("the " + store.name + " has " + std::to_string(found) +
                                  " records, it had " + std::to_string(records->second));
        } catch (const StoreInspectionFailed &error) {
            reasons.emplace_back(error.what());
        } catch (const hooks::runner::HookRunnerError &error) {
            reasons.emplace_back(error.what());
        }
    }
}

void HealthGate::check_programs(const std::map<std::string, std::uint64_t> &expected,
                                std::vector<std::string> &reasons, const hooks::runner::OnLine &on_line,
                                const std::stop_token &stop) {
    std::uint64_t all_records = 0;
    for (const auto &[name, records] : expected)
        all_records += records;
    for (const configuration::HealthProgram &program : appliance_.health_programs) {
        hooks::runner::HookCall call;
        call.program = program.path;
        call.time_limit = program.timeout;
        call.private_network = false; // it talks to the mail server on the loopback address
        call.protect_system = false;
        // Nothing was counted before a rollback, or if no store ran.
        if (!expected.empty())
            call.environment["UPDATE_CONTROL_EXPECTED_RECORDS"] = std::to_string(all_records);
        try {
            const hooks::runner::HookResult result = programs_.run(
                call, [](int, std::string_view) {}, on_line, stop);
            if (result.stopped)
                throw Cancelled();
            // "Try again later" is not healthy either: the deadline of the trial does not wait.
            if (hooks::runner::outcome(result) != hooks::runner::HookOutcome::done)
                reasons.push_back("the check " + program.path.filename().string() + ": " + result.reason);
        } catch (const hooks::runner::HookRunnerError &error) {
            reasons.emplace_back(error.what());
        }
    }
}

} // namespace updater::health
