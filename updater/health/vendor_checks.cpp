#include "updater/health/vendor_checks.hpp"

#include "updater/cancelled.hpp"
#include "updater/health/store_inspection.hpp"

#include <algorithm>

namespace updater::health {

void VendorChecks::count_records(const Records &expected, std::vector<std::string> &reasons,
                                 const hooks::runner::OnLine &on_line, const std::stop_token &stop) {
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
            const std::uint64_t found = health::count_records(programs_, store, on_line, stop);
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

void VendorChecks::run_checks(const Records &expected, std::vector<std::string> &reasons,
                              const hooks::runner::OnLine &on_line, const std::stop_token &stop) {
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
