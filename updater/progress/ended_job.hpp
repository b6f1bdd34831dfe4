// How a job that has ended is told to programs: the document of the status and of the history.
#pragma once

#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"

#include <nlohmann/json_fwd.hpp>

namespace updater::progress {

/// The members of `last` in the state document (updater/bus/interface.md). Everybody may read them, so the
/// texts are cleaned. Only ever gets additions.
nlohmann::json document_of(const job::JobFacts &facts, const job::JobEnd &end);

} // namespace updater::progress
