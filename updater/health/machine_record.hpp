// The state of the machine before the upgrade, beyond the configured services: failed units, switched-off
// units, where sshd answered. Plain data; the journal carries it to the new system, which is compared with
// it.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/network/greeting_probe.hpp"
#include "updater/services/service_manager.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::health {

struct MachineRecord {
    std::vector<std::string> failed_units;
    std::vector<std::string> switched_off_units; ///< and not running
    std::vector<network::Endpoint> ssh;          ///< where sshd answered
    bool operator==(const MachineRecord &) const = default;
};

/// Changes nothing. @throws ServiceError, hooks::runner::HookRunnerError, Cancelled.
MachineRecord record_machine(services::ServiceManager &services, hooks::runner::HookRunner &programs,
                             network::GreetingProbe &probe, std::stop_token stop);

/// Failed units that had not failed before, without the updater's own. @throws ServiceError.
std::vector<std::string> newly_failed_units(services::ServiceManager &services, const MachineRecord &before);
/// Units that were switched off and not running before, and run now although they are still switched off.
/// @throws ServiceError.
std::vector<std::string> wrongly_running_units(services::ServiceManager &services,
                                               const MachineRecord &before);

/// {"failed_units":[…],"switched_off_units":[…],"ssh":[{"address":…,"port":…}]}
nlohmann::json to_json(const MachineRecord &record);
/// Nothing for an empty document: an earlier updater began the upgrade and recorded nothing. @throws
/// nlohmann::json::exception.
std::optional<MachineRecord> machine_record_from(const nlohmann::json &document);

} // namespace updater::health
