// Carries out --verify, --backup and --restore: asks the agent, shows how far it is, and what came out.
#pragma once

#include "updater/control/actions.hpp"
#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace updater::control {

ExitCode verify(const CommandLine &line, Client &client, Display &display);
ExitCode back_up(const CommandLine &line, Client &client, Display &display);
ExitCode restore(const CommandLine &line, Client &client, Display &display, const Surroundings &surroundings);

/// From the verification document.
std::string verification_report(const nlohmann::json &verification);
ExitCode exit_code_of_verification(const nlohmann::json &verification);

/// What the rescue partition holds, from the state document; empty if an agent of another release doesn't
/// say it.
std::string rescue_report(const nlohmann::json &state);

} // namespace updater::control
