#include "updater/phases/service_start.hpp"

#include "updater/cancelled.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/phases/percent.hpp"
#include "updater/services/service_states.hpp"

#include <chrono>
#include <string>

namespace updater::phases {

namespace {

/// For each unit; the deadline of the trial does not wait for it.
constexpr std::chrono::seconds time_to_start_again{60};

} // namespace

void ServiceStart::on_trial(job::PhaseRun &run, int last_percent) {
    std::size_t started = 0;
    services::start_services(
        services_, appliance_.services, job::services_before(run.facts), [&](std::string_view step) {
            if (run.stop.stop_requested())
                throw Cancelled();
            run.progress(part_of(0, last_percent, started++, appliance_.services.units.size()), step);
            run.log(job::Severity::info, step);
        });
    start_again_what_failed(run);
}

void ServiceStart::start_again_what_failed(job::PhaseRun &run) {
    if (!run.facts.machine)
        return;
    // A unit that needs a service that was held back had to fail; at any other start it would not. The health
    // gate decides whether it runs now.
    for (const auto &unit : health::newly_failed_units(services_, *run.facts.machine)) {
        if (run.stop.stop_requested())
            throw Cancelled();
        run.log(job::Severity::info, "starting " + unit + " again: it failed while services were held back");
        try {
            services_.start(unit, time_to_start_again);
        } catch (const services::ServiceError &failure) {
            run.log({job::Severity::warning, failure.code()}, failure.what());
        }
    }
}

void ServiceStart::after_commit(job::PhaseRun &run) {
    if (!run.facts.services) // lost with a damaged journal: the start of the machine has started them
        return;
    std::string failures;
    for (const auto &failure : services::start_services_as_far_as_possible(
             services_, appliance_.services, *run.facts.services,
             [&](std::string_view step) { run.log(job::Severity::info, step); }))
        failures += (failures.empty() ? "" : ", ") + failure.reason;
    if (!failures.empty())
        throw services::ServiceError(failures);
}

} // namespace updater::phases
