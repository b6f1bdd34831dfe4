// One record of the job journal, and all that a journal holds. Plain data; its text form is in
// record_lines.hpp.
#pragma once

#include "updater/job/job_facts.hpp"
#include "updater/job/outcome.hpp"
#include "updater/job/phase.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace updater::job {

enum class RecordKind {
    job_begins,
    phase_begins,
    facts,
    phase_done,
    phase_failed,
    undo_begins,
    resumed,
    job_ended
};

/// One line of the journal. Each member names the kinds in which it has a meaning.
struct Record {
    RecordKind kind = RecordKind::job_begins;
    std::string boot_id;
    std::chrono::system_clock::time_point time;
    std::optional<Phase> phase;     ///< phase_begins, phase_done, phase_failed, undo_begins, resumed
    std::optional<JobFacts> facts;  ///< job_begins, facts, phase_done, phase_failed, job_ended
    std::optional<Outcome> outcome; ///< phase_failed (how the job will end), job_ended
    std::string reason;             ///< phase_failed, job_ended
    std::string next_step;          ///< phase_failed, job_ended
    /// phase_failed, job_ended: a restart or the end of the agent was the reason, not the version
    bool interrupted = false;
    bool try_later = false; ///< phase_failed, job_ended: nothing speaks against the version
    std::string code = {};  ///< phase_failed, job_ended: of the reason; empty in records of older updaters
};

/// All records that can be trusted, in order. `damaged`: something other than a torn last line is wrong, and
/// nothing after it is in `records`.
struct JournalContents {
    std::vector<Record> records;
    bool damaged = false;
};

} // namespace updater::job
