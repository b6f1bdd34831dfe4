// The methods of the bus object that are about this node of a cluster: reads and limits the arguments.
#pragma once

#include "updater/bus/bus_answer.hpp"

#include <cstdint>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// For how long somebody can wait for a queue: a day.
inline constexpr std::uint64_t max_awaited_seconds = 86'400;

// Each is a Change.
int drain(sd_bus_message *call, AgentRequests &requests);
int resume(sd_bus_message *call, AgentRequests &requests);
int get_queue(sd_bus_message *call, AgentRequests &requests);
int begin_role(sd_bus_message *call, AgentRequests &requests);
int begin_test_message(sd_bus_message *call, AgentRequests &requests);
int get_node(sd_bus_message *call, AgentRequests &requests);

} // namespace updater::bus
