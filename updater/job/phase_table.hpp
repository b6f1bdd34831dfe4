// The form of the table that says what each phase does and how it is undone. updater/phases/table.cpp makes
// its rows.
#pragma once

#include "updater/job/coded_severity.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/phase.hpp"

#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

namespace updater::job {

/// What a phase gets while it runs; lives as long as the call.
struct PhaseRun {
    JobFacts &facts;                  ///< may be changed; durable after save_facts()
    std::function<void()> save_facts; ///< writes the facts to the journal now
    std::function<void(int percent, std::string_view)> progress; ///< of this phase, 0 to 100
    std::function<void(const CodedSeverity &, std::string_view)> log;
    std::stop_token stop; ///< asked for by cancel and rollback, and when a trial's deadline passes
    /// Told to end, as before the machine shuts down: what is done after the commit is left to the next
    /// agent, and no other reason to stop counts there.
    std::function<bool()> agent_ends = [] { return false; };
    std::function<void()> mail_flows_again = [] {}; ///< told by a phase that lets mail in before it ends
    /// Told by the phase that reads the manifest, with the firmware's version.
    std::function<void(std::string_view)> firmware_known = [](std::string_view) {};
};

/// How the run of a phase ended.
enum class PhaseEnd {
    done,       ///< all of it is durable
    restarting, ///< ready for the restart; the other system records the phase as done
};

/// One row: a phase, what it does, how that is undone, and how a job that was interrupted in it is recovered
/// (from the rules in phase.hpp). `undo` runs under the old system only; it can be repeated, and must cope
/// with a phase that did nothing, a part, or all of its work.
struct PhaseRow {
    Phase phase = Phase::download;
    std::function<PhaseEnd(PhaseRun &)> run;
    std::function<void(PhaseRun &)> undo;
    OnReturn on_return = OnReturn::roll_back;
};

using PhaseTable = std::vector<PhaseRow>;

/// Whether a job of this operation has the phase.
constexpr bool takes_part(Phase phase, Operation operation) {
    if (operation == Operation::download)
        return phase == Phase::download;
    return operation != Operation::rollback || rules_of(phase).rollback == Rollback::takes_part;
}

} // namespace updater::job
