// What a phase's failure means for the job: with which outcome and reason it ends. Changes nothing.
#pragma once

#include "updater/job/record.hpp"
#include "updater/job/trial.hpp"

#include <exception>

namespace updater::job {

/// The ending that the job has once it is rolled back.
Record ending_after(const std::exception &failure, Phase phase, const JobFacts &facts, const Trial &trial);

} // namespace updater::job
