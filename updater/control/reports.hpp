// The agent's documents as text for people: the output of -s, of -l and at the end of a job. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// What -s prints, from the state document: several lines, each ended.
std::string status_report(const nlohmann::json &state);

/// What -l prints, from the firmware document.
std::string firmware_report(const nlohmann::json &firmware);

/// How a job ended, from the state document's `last`, with reason, next step and the time of each phase.
std::string result_report(const nlohmann::json &last);

/// What happens next and how to watch it, if the state is "restarting". `login`: how to reach this
/// appliance, "root@192.0.2.7"; empty when not known.
std::string restart_report(const nlohmann::json &state, const std::string &login);

/// Why mail does not flow, and the command to see why; "" if it does, or if the job keeps it back.
std::string mail_report(const nlohmann::json &state);

/// Whether mail does not flow although no job keeps it back. Of an agent that does not say: no.
bool is_mail_stopped(const nlohmann::json &state);

} // namespace updater::control
