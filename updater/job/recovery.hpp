// Decides what an agent that starts does about the job in the journal. Pure functions of the journal and of
// the machine's state.
#pragma once

#include "updater/job/machine_state.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/job/record.hpp"
#include "updater/job/restart_cause.hpp"

#include <optional>
#include <string>

namespace updater::job {

enum class RecoveryStep {
    nothing,       ///< no job is open
    go_on,         ///< run forward, beginning with `phase`
    undo,          ///< the old system runs: undo `phase` and all before it, then end the job
    return_to_old, ///< the new system runs but must not stay: record why, and restart
    end_rollback,  ///< an older updater began this rollback and committed at once: end the job
    give_up, ///< undoing was interrupted again and again, or the old system is out of reach: end the job
};

struct Recovery {
    RecoveryStep step = RecoveryStep::nothing;
    Phase phase = Phase::download;
    Outcome outcome = Outcome::rolled_back; ///< of the job, when it is rolled back
    bool interrupted = false;               ///< the reason says nothing of the version
    std::string reason;                     ///< why the job is rolled back, or what interrupted it
    std::string next_step;
    bool try_later = false; ///< the failure that is rolled back asks to be tried later
    /// The machine restarted, and neither the job nor the deadline says why.
    std::optional<UnexplainedRestart> unexplained;
    std::string code = {}; ///< of the reason
};

/// A phase that was resumed more often than this is rolled back; undoing that was begun more often is given
/// up.
inline constexpr int max_returns = 4;

Recovery decide_recovery(const JournalContents &contents, const PhaseTable &table,
                         const MachineState &machine);

/// What the administrator reads when a job failed in this phase: the state of the appliance, the log, and a
/// command that works in this state.
std::string advice_to_try_again(const JobFacts &facts, Phase phase);

/// The command that does the same again. A version that failed in phase 6 or later is taken only if it is
/// named or forced.
std::string command_to_try_again(const JobFacts &facts, Phase phase);

} // namespace updater::job
