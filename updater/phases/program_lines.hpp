// What the lines of a program of an image mean for the log of a job: conversions and hook points.
#pragma once

#include "updater/job/phase_table.hpp"

#include <string_view>

namespace updater::phases {

/// Adds a line that a program wrote to the log of the job, after the program's name. The first word of a line
/// says how much it matters: `warning:`, `debug:` (updater/contracts.md). An empty line is left out.
void log_program_line(std::string_view program, std::string_view line, const job::PhaseRun &run);

} // namespace updater::phases
