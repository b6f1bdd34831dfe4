// update-control -n -i fw: what an installation would do; and the question before one begins. Failures are
// thrown; actions.cpp reports them.
#pragma once

#include "updater/control/client.hpp"
#include "updater/control/command_line.hpp"
#include "updater/control/display.hpp"
#include "updater/control/exit_codes.hpp"

#include <chrono>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::control {

/// The exit codes are those of --check fw.
ExitCode dry_run(const CommandLine &line, Client &client, Display &display);

/// Shows in short what this installation would do, and asks. Returns the exit code if it is not to begin:
/// refused by the checks (which --force may overrule), no as the answer, or a signal while the firmware is
/// looked at.
std::optional<ExitCode> ask_before_installation(const CommandLine &line, Client &client, Display &display,
                                                std::istream &answers);

/// The forecast for people: phases, bytes, what stops, the way back.
std::string forecast_report(const nlohmann::json &forecast, std::chrono::system_clock::time_point now);

/// "Mail will wait about 4 minutes, from about 03:10 on. Install 2.8.1.0? [y/N] "
std::string question(const nlohmann::json &forecast, std::chrono::system_clock::time_point now);

} // namespace updater::control
