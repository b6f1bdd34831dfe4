// What is told of a node of a cluster: that its mail is stopped on request, what waits in its queue, its
// role.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// The member `drained` of a state or queue document; an empty object if mail isn't stopped on request.
nlohmann::json drained_in(const nlohmann::json &document);

/// ": drained on request since … by …"; empty if it isn't.
std::string drained_text(const nlohmann::json &state);
/// The lines of --status below "Mail": how to resume, and the queue; empty if mail isn't stopped on request.
std::string drained_report(const nlohmann::json &state);
/// "Mail is stopped: drained …", a line by itself; empty if it isn't.
std::string drained_line(const nlohmann::json &state);
/// Whether an installation leaves mail stopped, a sentence by itself; empty if it isn't stopped on request.
std::string drained_over_installation(const nlohmann::json &state);
/// The line of --status with the role; empty where the product knows none.
std::string role_report(const nlohmann::json &state);

/// "3 messages wait in the queue, 1 sender is still connected".
std::string queue_text(const nlohmann::json &drained);
/// One line for each message that the queue document lists, and how many it doesn't.
std::string queue_report(const nlohmann::json &queue);

} // namespace updater::control
