// Reads the agent's documents (updater/bus/interface.md). What is missing becomes empty, so an agent of
// another release can be used.
#pragma once

#include "updater/hawkbit/agent.hpp"

#include <string_view>

namespace updater::hawkbit {

/// All throw control::UnknownDocument.
AgentState read_state(std::string_view document);
AgentFirmware read_firmware(std::string_view document);
/// Whether a refresh is under way.
bool is_checking(std::string_view firmware_document);
std::vector<EndedJob> read_history(std::string_view document);

} // namespace updater::hawkbit
