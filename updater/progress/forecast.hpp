// Predicts how long the phases of a job take. Arithmetic only: the same facts and the same history give the
// same prediction in both systems, so it need not survive the restart.
#pragma once

#include "updater/job/job_facts.hpp"
#include "updater/job/prediction.hpp"

#include <chrono>
#include <nlohmann/json_fwd.hpp>

namespace updater::progress {

/// `history`: the history document (history.hpp). From the newest jobs there that succeeded and can be
/// compared, the median counts. Phase 2 is scaled with what is fetched and written, phase 7 follows the
/// rehearsal of this job. What nothing is known of is estimated. Never throws because of the document.
job::Prediction predict(const job::JobFacts &facts, const nlohmann::json &history);

std::chrono::milliseconds total_of(const job::Prediction &prediction);
/// The phases in which mail waits.
std::chrono::milliseconds downtime_of(const job::Prediction &prediction);

} // namespace updater::progress
