// Predictions in the log: what is ahead of a job, and how right it was when the job has ended. Pure
// functions.
#pragma once

#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/prediction.hpp"

#include <string>
#include <vector>

namespace updater::progress {

/// How long this phase and all that follow will take, and how long mail will wait. Empty if the phase was not
/// predicted.
std::string outlook_from(job::Phase phase, const job::Prediction &prediction);

/// A line for each phase that ended and was predicted:
/// "phase 2, install the new OS: predicted 312.0 s (history), took 298.4 s (-4 %)", from phase 3 on as was
/// predicted when mail stopped. Then for all of them, and for those in which mail waits, what was predicted
/// at first, and for these what was predicted when mail stopped. Empty if nothing was predicted.
std::vector<std::string> compared_with_prediction(const job::JobFacts &facts, const job::JobEnd &end);

} // namespace updater::progress
