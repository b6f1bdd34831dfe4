// The methods of the interface that are about snapshots: read the arguments with their bounds, ask the agent,
// reply. For agent_vtable(), which has them called only if the caller is permitted.
#pragma once

#include "updater/bus/bus_answer.hpp"

#include <systemd/sd-bus.h>

namespace updater::bus {

/// Of a call of begin_snapshot_work(): by what it is to do. Leaves the arguments to be read.
Who who_may_begin_snapshot_work(sd_bus_message *call) noexcept;
int begin_snapshot_work(sd_bus_message *call, AgentRequests &requests);
int export_snapshot(sd_bus_message *call, AgentRequests &requests);
int import_snapshot(sd_bus_message *call, AgentRequests &requests);
int get_snapshots(sd_bus_message *call, AgentRequests &requests);

} // namespace updater::bus
