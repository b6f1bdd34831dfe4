// What a load balancer is told of this node, from the agent's state (HAProxy, agent-check). Decides nothing
// else, and asks nobody.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// One line with its end. "ready up": mail flows; "drain": mail is stopped on request, or an upgrade stops it
/// within a minute; "maint": a job keeps it back; "down #REASON": it does not flow, and nobody wants that.
/// HAProxy keeps "drain" and "maint" until it is told "ready", so "up" alone would not do.
std::string agent_check_line(const nlohmann::json &state);
/// When there is no state to tell of.
std::string agent_check_line_without_agent();
/// When the agent answers nobody for a moment, because too many ask: an empty line, with which the balancer
/// keeps what it knows.
std::string agent_check_line_of_busy_agent();

} // namespace updater::control
