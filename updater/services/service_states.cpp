#include "updater/services/service_states.hpp"

#include "updater/cancelled.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace updater::services {
namespace {

constexpr int json_format = 1;
constexpr std::chrono::milliseconds poll_interval{200};

/// Calls `start_one` for every unit, in the order of starting.
template <typename StartOne>
void for_each_backwards(const configuration::Services &configured, StartOne start_one) {
    for (auto unit = configured.units.rbegin(); unit != configured.units.rend(); ++unit)
        start_one(*unit);
}

/// The same, but continues after a failure.
template <typename StartOne>
std::vector<StartFailure> collect_failures(const configuration::Services &configured, StartOne start_one) {
    std::vector<StartFailure> failures;
    for_each_backwards(configured, [&](const configuration::ServiceUnit &unit) {
        try {
            start_one(unit);
        } catch (const ServiceError &error) {
            failures.push_back({unit.name, error.what()});
        }
    });
    return failures;
}

void start_if_it_has_to_run(ServiceManager &manager, const configuration::ServiceUnit &unit,
                            const configuration::Services &configured, const ServiceStates &before,
                            const OnStep &on_step) {
    if (!has_to_run(manager, unit, before))
        return;
    on_step("starting " + unit.name);
    manager.start(unit.name, configured.start_timeout);
}

} // namespace

const RecordedUnit *ServiceStates::find(std::string_view unit) const {
    const auto found = std::ranges::find(units, unit, &RecordedUnit::name);
    return found == units.end() ? nullptr : &*found;
}

bool ServiceStates::was_active(std::string_view unit) const {
    const RecordedUnit *recorded = find(unit);
    return recorded != nullptr && recorded->state.is_active();
}

bool has_to_run(ServiceManager &manager, const configuration::ServiceUnit &unit,
                const ServiceStates &before) {
    const UnitState now = manager.state(unit.name);
    if (const RecordedUnit *recorded = before.find(unit.name))
        return recorded->state.is_active() && !recorded->switched_off && !now.is_masked();
    if (now.load_state == "not-found")
        return unit.health_required;
    return !now.is_switched_off() && !now.is_masked();
}

ServiceStates record_services(ServiceManager &manager, const configuration::Services &configured) {
    ServiceStates states;
    for (const configuration::ServiceUnit &unit : configured.units) {
        const UnitState now = manager.state(unit.name);
        states.units.push_back({unit.name, now, now.is_active() && manager.is_switched_off(unit.name)});
    }
    return states;
}

void wait_until_settled(ServiceManager &manager, const configuration::Services &configured,
                        const OnStep &on_step, const std::stop_token &stop) {
    const auto deadline = std::chrono::steady_clock::now() + configured.start_timeout;
    for (const configuration::ServiceUnit &unit : configured.units) {
        for (bool told = false; manager.has_job(unit.name); told = true) {
            if (!told)
                on_step("waiting until " + unit.name + " has started");
            if (stop.stop_requested())
                throw Cancelled();
            if (std::chrono::steady_clock::now() > deadline)
                throw ServiceError(unit.name + " is still being started after " +
                                   std::to_string(configured.start_timeout.count()) +
                                   " seconds. See systemctl list-jobs");
            std::this_thread::sleep_for(poll_interval);
        }
    }
}

void start_services(ServiceManager &manager, const configuration::Services &configured,
                    const ServiceStates &before, const OnStep &on_step) {
    for_each_backwards(configured, [&](const configuration::ServiceUnit &unit) {
        start_if_it_has_to_run(manager, unit, configured, before, on_step);
    });
}

std::vector<StartFailure> start_services_as_far_as_possible(ServiceManager &manager,
                                                            const configuration::Services &configured,
                                                            const ServiceStates &before,
                                                            const OnStep &on_step) {
    return collect_failures(configured, [&](const configuration::ServiceUnit &unit) {
        start_if_it_has_to_run(manager, unit, configured, before, on_step);
    });
}

std::vector<StartFailure> start_again_what_ran(ServiceManager &manager,
                                               const configuration::Services &configured,
                                               const ServiceStates &before, const OnStep &on_step) {
    return collect_failures(configured, [&](const configuration::ServiceUnit &unit) {
        if (!before.was_active(unit.name))
            return;
        on_step("starting " + unit.name);
        manager.start(unit.name, configured.start_timeout);
    });
}

void to_json(nlohmann::json &json, const ServiceStates &states) {
    json = {{"format", json_format}, {"units", nlohmann::json::array()}};
    for (const RecordedUnit &unit : states.units)
        json["units"].push_back({{"name", unit.name},
                                 {"load_state", unit.state.load_state},
                                 {"active_state", unit.state.active_state},
                                 {"sub_state", unit.state.sub_state},
                                 {"unit_file_state", unit.state.unit_file_state}});
    for (std::size_t index = 0; index < states.units.size(); ++index)
        if (states.units[index].switched_off)
            json["units"][index]["switched_off"] = true;
}

void from_json(const nlohmann::json &json, ServiceStates &states) {
    if (json.at("format") != json_format)
        throw std::runtime_error("the journal holds service states in format " + json.at("format").dump() +
                                 ", which this updater does not read");
    states.units.clear();
    for (const nlohmann::json &unit : json.at("units"))
        states.units.push_back({unit.at("name"),
                                {unit.at("load_state"), unit.at("active_state"), unit.at("sub_state"),
                                 unit.at("unit_file_state")},
                                unit.value("switched_off", false)});
}

} // namespace updater::services
