// The methods of the interface that are about snapshots: read the arguments with their bounds, ask the agent,
// reply. For agent_vtable(), which has them called only if the caller is permitted.
#pragma once

#include "updater/bus/agent_requests.hpp"

#include <systemd/sd-bus.h>

namespace updater::bus {

int begin_snapshot_work(sd_bus_message *call, AgentRequests &requests);
int export_snapshot(sd_bus_message *call, AgentRequests &requests);
int import_snapshot(sd_bus_message *call, AgentRequests &requests);
int get_snapshots(sd_bus_message *call, AgentRequests &requests);

} // namespace updater::bus
