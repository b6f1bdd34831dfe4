// Which units ran before the updater stopped them, so that the same units run afterwards: disabled, masked
// and stopped units stay as they were, and units that a new release adds run. Plain data; the journal
// carries it to the new system.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/services/service_manager.hpp"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace updater::services {

struct RecordedUnit {
    std::string name;
    UnitState state;
    /// The administrator masked or disabled it while it ran, and no other unit wants it: it would not run
    /// after a restart of the machine either.
    bool switched_off = false;
    bool operator==(const RecordedUnit &) const = default;
};

struct ServiceStates {
    std::vector<RecordedUnit> units; ///< in the configured order

    /// nullptr if the release that recorded the states did not list this unit.
    const RecordedUnit *find(std::string_view unit) const;
    bool was_active(std::string_view unit) const;
    bool operator==(const ServiceStates &) const = default;
};

/// Changes nothing. Throws ServiceError.
ServiceStates record_services(ServiceManager &manager, const configuration::Services &configured);

/// Whether the unit has to run after an upgrade: it ran before and would run after any other restart, or the
/// previous release did not list it and it is neither disabled nor masked. Throws ServiceError.
bool has_to_run(ServiceManager &manager, const configuration::ServiceUnit &unit, const ServiceStates &before);

/// A unit that did not start, and why.
struct StartFailure {
    std::string unit;
    std::string reason;
};

using OnStep = std::function<void(std::string_view text)>;

/// Waits until no configured unit has a job: shortly after a start of the machine some units are still
/// starting. Throws ServiceError after `configured.start_timeout`, Cancelled.
void wait_until_settled(ServiceManager &manager, const configuration::Services &configured,
                        const OnStep &on_step, const std::stop_token &stop);

/// Starts, in reverse order, those that have to run. Throws StartFailed at the first that does not start,
/// ServiceError.
void start_services(ServiceManager &manager, const configuration::Services &configured,
                    const ServiceStates &before, const OnStep &on_step);
/// The same, but continues after a failure and returns all failures.
std::vector<StartFailure> start_services_as_far_as_possible(ServiceManager &manager,
                                                            const configuration::Services &configured,
                                                            const ServiceStates &before,
                                                            const OnStep &on_step);
/// For an undo without a restart of the machine: starts every unit that ran, including those disabled since.
/// Returns failures as above, including those of masked units, which cannot start.
std::vector<StartFailure> start_again_what_ran(ServiceManager &manager,
                                               const configuration::Services &configured,
                                               const ServiceStates &before, const OnStep &on_step);

/// {"format":1,"units":[{"name":…,"load_state":…,"active_state":…,"sub_state":…,"unit_file_state":…,
/// "switched_off":true}]}; "switched_off" is only there if it is true
void to_json(nlohmann::json &json, const ServiceStates &states);
/// Throws nlohmann::json::exception or std::runtime_error (unknown format).
void from_json(const nlohmann::json &json, ServiceStates &states);

} // namespace updater::services
