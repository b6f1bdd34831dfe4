// What the server is told about the appliance beside its actions: attributes that people see and group by.
#pragma once

#include "updater/hawkbit/agent.hpp"
#include "updater/hawkbit/device_state.hpp"

#include <string>
#include <vector>

namespace updater::hawkbit {

/// The body of configData. `jobs`: the ended ones, oldest first. `version_since` says when the running
/// version was committed, `ordered_since` for how long the server has wanted another one: so the age of mixed
/// versions is known there.
std::string config_data(const std::string &product, const AgentState &agent,
                        const std::vector<EndedJob> &jobs, const DeviceState &state);

} // namespace updater::hawkbit
