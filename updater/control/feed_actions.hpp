// What update-control does about the feed: has the agent check it, and waits for the end of the check.
// Chooses no firmware.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

#include <optional>

namespace updater::control {

/// --refresh. Throws as carry_out().
ExitCode refresh(const CommandLine &line, Client &client, Display &display);

/// "The newest firmware" means the newest now, so the feed is checked first. If that fails, the feed of the
/// last check is used. Returns the exit code if a signal arrives.
std::optional<ExitCode> check_feed_before_choosing(Client &client, Display &display);

} // namespace updater::control
