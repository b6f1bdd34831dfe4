// Decides, from the journal and from which system runs, what an agent does when it starts. Pure: reads its
// arguments, changes nothing.
#pragma once

#include "updater/job/job_observer.hpp"
#include "updater/job/journal.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/job/running_system.hpp"

namespace updater::job {

/// What is true of the machine now, beside the journal.
struct MachineState {
    RunningSystem running;
    /// What the boot loader starts when nothing is tried; nothing when the boot selection cannot be read.
    std::optional<partitions::Slot> default_slot;
    bool deadline_passed = false; ///< the service manager has ended a trial because its time was over
};

/// Whether the job's new system runs and is the one that the boot loader starts from now on. If the boot
/// selection cannot be read, what counts is how this system was started: a try that was committed meanwhile
/// is then taken for one that was not, and a restart tells.
bool is_committed(const MachineState &machine, const JobFacts &facts);

enum class RecoveryStep {
    nothing,       ///< no job is open
    go_on,         ///< run forward, beginning with `phase`
    undo,          ///< the old system runs: take back `phase` and all before it, then end the job
    return_to_old, ///< the new system runs but must not stay: record why and restart
    end_rollback,  ///< a rollback by an updater that committed the old system at once: it has come up
    give_up,       ///< taking it back was interrupted again and again: say so and end the job
};

struct Recovery {
    RecoveryStep step = RecoveryStep::nothing;
    Phase phase = Phase::download;
    Outcome outcome = Outcome::rolled_back; ///< what undo ends as
    bool interrupted = false;               ///< what the reason says tells nothing of the version
    std::string reason; ///< why it is taken back, or what interrupted the phase that is gone on with
    std::string next_step;
    bool try_later = false; ///< of the failure it is taken back for
};

/// More returns than this into one phase or one undo end the attempt. Counted for each phase.
inline constexpr int max_returns = 4;

/// @param contents  all that the journal holds
Recovery decide_recovery(const JournalContents &contents, const PhaseTable &table,
                         const MachineState &machine);

/// What to do when a job was taken back: the state of the appliance, and a command.
std::string advice_to_try_again(const JobFacts &facts);

/// The facts as last recorded. @throws std::runtime_error when no record carries any.
JobFacts latest_facts(const JournalContents &contents);

/// How long each finished phase took, by the journal's clock.
std::vector<PhaseDuration> phase_durations(const JournalContents &contents);

/// How the job that the journal holds ended. Only for a journal whose last record is job_ended.
JobEnd end_of_job(const JournalContents &contents);

} // namespace updater::job
