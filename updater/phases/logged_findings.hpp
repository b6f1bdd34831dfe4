// Findings of checks in the log of a job. Checks nothing.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/job/phase_table.hpp"

#include <string>

namespace updater::phases {

/// "CHECK: TEXT; ADVICE"
std::string in_words(const checks::Finding &finding);

/// A WARN becomes a warning of the job, so that it is counted at its end, a FAIL an error, others a note.
void log_finding(const checks::Finding &finding, job::PhaseRun &run);

/// What an administrator should know though the job goes on: each NOTICE and each WARN.
void log_what_does_not_refuse(const checks::Findings &findings, job::PhaseRun &run);

} // namespace updater::phases
