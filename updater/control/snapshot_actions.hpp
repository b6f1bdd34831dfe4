// update-control --snapshot: asks the agent and shows what became of it. Failures are thrown; actions.cpp
// reports them.
#pragma once

#include "updater/control/actions.hpp"
#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

namespace updater::control {

ExitCode work_on_snapshots(const CommandLine &line, Client &client, Display &display,
                           const Surroundings &surroundings);

/// The snapshots document for people: a line for each, and what waits for a restart.
std::string snapshots_report(const nlohmann::json &document);
/// What `show` found.
std::string snapshot_report(const nlohmann::json &last);

} // namespace updater::control
