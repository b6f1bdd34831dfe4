// What the records of a journal say about their job: its facts, its phases, its end. Decides nothing.
#pragma once

#include "updater/job/job_end.hpp"
#include "updater/job/record.hpp"

#include <vector>

namespace updater::job {

/// Nothing when there is none.
const Record *last_of(const JournalContents &contents, RecordKind kind);
int count_of(const JournalContents &contents, RecordKind kind);
/// How often the phase was resumed after an interruption.
int returns_into(const JournalContents &contents, Phase phase);

/// The phase that began last, or the first one when none has begun.
Phase phase_under_way(const JournalContents &contents);
/// Whether this phase was the last one that was done.
bool is_done(const JournalContents &contents, Phase phase);

/// The facts as last recorded. @throws std::runtime_error when no record carries any.
JobFacts latest_facts(const JournalContents &contents);

/// How long each finished phase took, by the journal's clock.
std::vector<PhaseDuration> phase_durations(const JournalContents &contents);

/// How the job that the journal holds ended. Only for a journal whose last record is job_ended.
JobEnd end_of_job(const JournalContents &contents);

} // namespace updater::job
