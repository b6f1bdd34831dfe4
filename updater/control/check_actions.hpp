// update-control --check fw: has the agent check firmware and shows what was found. Failures are thrown;
// actions.cpp reports them.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

namespace updater::control {

ExitCode check_firmware(const CommandLine &line, Client &client, Display &display);

/// The checks document for people: a line for each check, what to do below those that need something, and the
/// counts.
std::string checks_report(const nlohmann::json &checks);

/// By the worst verdict: done, warned, or refused.
ExitCode exit_code_of_checks(const nlohmann::json &checks);

} // namespace updater::control
