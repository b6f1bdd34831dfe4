// update-control --check fw: has the agent check firmware and shows what was found. Failures are thrown;
// actions.cpp reports them.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace updater::control {

ExitCode check_firmware(const CommandLine &line, Client &client, Display &display);

/// Waits for the end of the checks with this number, which the agent gave. Returns their document, or the
/// exit code if a signal arrives. Throws AgentUnreachable if others came between.
std::variant<std::string, ExitCode> wait_for_checks(Client &client, std::uint64_t number);

/// What the checks warn of and what to do about it; empty: nothing.
std::string warnings_report(const nlohmann::json &checks);

/// The checks document for people: a line for each check, what to do below those that need something, and the
/// counts.
std::string checks_report(const nlohmann::json &checks);

/// By the worst verdict: done, warned, or refused.
ExitCode exit_code_of_checks(const nlohmann::json &checks);

} // namespace updater::control
