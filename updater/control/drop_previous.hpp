// --drop-previous: says what removing the previous system costs, asks, and has it removed.
#pragma once

#include "updater/control/actions.hpp"
#include "updater/control/display.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

/// What would go and what that costs, for people. `cost`: the agent's document.
std::string drop_report(const nlohmann::json &cost);

/// Asks a person at a terminal unless the line says --yes. Without either, nothing is removed.
ExitCode drop_previous(const CommandLine &line, Client &client, Display &display,
                       const Surroundings &surroundings);

} // namespace updater::control
