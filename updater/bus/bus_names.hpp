// The names of the agent on the bus, for the agent and its clients. Nothing else.
#pragma once

namespace updater::bus {

inline constexpr const char *agent_bus_name = "org.updatecontrol.Agent";
inline constexpr const char *agent_object_path = "/org/updatecontrol/Agent";
inline constexpr const char *agent_interface = "org.updatecontrol.Agent1";

/// What the names of the agent's own errors begin with: Refused, Busy, NotPossible, Failed follow.
inline constexpr const char *agent_error_prefix = "org.updatecontrol.Error.";

} // namespace updater::bus
