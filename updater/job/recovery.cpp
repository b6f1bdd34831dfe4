// What an agent that starts makes of the journal.
#include "updater/job/recovery.hpp"

#include <algorithm>
#include <stdexcept>

namespace updater::job {

namespace {

/// The phase that a committed upgrade is finished with, by the table.
Phase finishing_phase(const PhaseTable &table) {
    const auto row = std::find_if(table.begin(), table.end(), [](const PhaseRow &each) {
        return each.on_return == OnReturn::finish_when_committed;
    });
    if (row == table.end())
        throw std::logic_error("the phase table has no row that finishes a committed upgrade");
    return row->phase;
}

const PhaseRow &row_of(const PhaseTable &table, Phase phase) {
    const auto row =
        std::find_if(table.begin(), table.end(), [&](const PhaseRow &each) { return each.phase == phase; });
    if (row == table.end())
        throw std::logic_error("the phase table has no row for phase " + std::to_string(number_of(phase)));
    return *row;
}

int count_of(const JournalContents &contents, RecordKind kind) {
    return static_cast<int>(std::count_if(contents.records.begin(), contents.records.end(),
                                          [&](const Record &record) { return record.kind == kind; }));
}

int returns_into(const JournalContents &contents, Phase phase) {
    return static_cast<int>(
        std::count_if(contents.records.begin(), contents.records.end(), [&](const Record &record) {
            return record.kind == RecordKind::resumed && record.phase == phase;
        }));
}

const Record *last_of(const JournalContents &contents, RecordKind kind) {
    const auto found = std::find_if(contents.records.rbegin(), contents.records.rend(),
                                    [&](const Record &record) { return record.kind == kind; });
    return found == contents.records.rend() ? nullptr : &*found;
}

/// The phase that was under way last, or the first one when none had begun.
Phase phase_under_way(const JournalContents &contents) {
    const auto *begun = last_of(contents, RecordKind::phase_begins);
    return begun == nullptr ? Phase::download : *begun->phase;
}

bool is_done(const JournalContents &contents, Phase phase) {
    const auto *done = last_of(contents, RecordKind::phase_done);
    return done != nullptr && *done->phase == phase;
}

std::string interruption(Phase phase, bool other_boot) {
    return std::string(other_boot ? "the appliance restarted" : "the update agent was restarted") +
           " during phase " + std::to_string(number_of(phase)) + ", " + std::string(name_of(phase));
}

/// Back in the old system although the new one was to start, or had started.
std::string why_new_system_was_left(Phase phase, const JobFacts &facts, const MachineState &machine) {
    if (machine.deadline_passed)
        return "the deadline of version " + facts.to_version +
               " on trial passed, and update-control-deadline.service restarted the appliance " +
               (phase == Phase::restart_appliance ? "before an update agent had answered there"
                                                  : "during phase " + std::to_string(number_of(phase)) +
                                                        ", " + std::string(name_of(phase)));
    if (phase == Phase::restart_appliance)
        return "version " + facts.to_version +
               " did not come up: its one try ended without a sign of it (a kernel panic, a hang that "
               "the watchdog ended, or a power failure)";
    return interruption(phase, true) + ", before the new system had proved itself";
}

Recovery way_back(const MachineState &machine, const JobFacts &facts, Phase phase, const std::string &reason,
                  Outcome outcome, bool interrupted = false) {
    Recovery recovery;
    recovery.step = machine.running.slot == facts.old_slot ? RecoveryStep::undo : RecoveryStep::return_to_old;
    recovery.phase = phase;
    recovery.reason = reason;
    recovery.interrupted = interrupted;
    recovery.outcome = is_rollback(facts) && outcome == Outcome::rolled_back ? Outcome::failed : outcome;
    recovery.next_step = advice_to_try_again(facts);
    return recovery;
}

Recovery after_failure(const JournalContents &contents, const MachineState &machine, const JobFacts &facts,
                       const Record &failure) {
    auto recovery = way_back(machine, facts, *failure.phase, failure.reason,
                             failure.outcome.value_or(Outcome::rolled_back), failure.interrupted);
    recovery.try_later = failure.try_later;
    if (!failure.next_step.empty())
        recovery.next_step = failure.next_step;
    if (count_of(contents, RecordKind::undo_begins) > max_returns) {
        recovery.step = RecoveryStep::give_up;
        recovery.outcome = Outcome::failed;
        recovery.reason += "; taking it back was interrupted again and again and was given up";
    }
    return recovery;
}

/// Going on in the old system, in a job in which nothing has failed.
Recovery run_again(const JournalContents &contents, const MachineState &machine, const JobFacts &facts,
                   Phase phase, bool other_boot) {
    if (!is_done(contents, phase)) {
        if (returns_into(contents, phase) >= max_returns)
            return way_back(machine, facts, phase, interruption(phase, other_boot) + " again and again",
                            Outcome::failed);
        return {.step = RecoveryStep::go_on,
                .phase = phase,
                .reason = interruption(phase, other_boot) + "; going on where it stopped"};
    }
    return {.step = RecoveryStep::go_on,
            .phase = static_cast<Phase>(number_of(phase) + 1),
            .reason = std::string(other_boot ? "the appliance restarted" : "the update agent was restarted") +
                      " after phase " + std::to_string(number_of(phase)) + ", " +
                      std::string(name_of(phase)) + "; going on"};
}

} // namespace

bool is_committed(const MachineState &machine, const JobFacts &facts) {
    return machine.running.slot == facts.new_slot &&
           (machine.default_slot ? *machine.default_slot == facts.new_slot : !machine.running.is_try);
}

std::string advice_to_try_again(const JobFacts &facts) {
    return "The appliance runs " + facts.from_version + " as before. Read the log, then start again with: " +
           (is_rollback(facts) ? "update-control --rollback --force" : "update-control -i fw");
}

JobFacts latest_facts(const JournalContents &contents) {
    const auto found = std::find_if(contents.records.rbegin(), contents.records.rend(),
                                    [](const Record &record) { return record.facts.has_value(); });
    if (found == contents.records.rend())
        throw std::runtime_error("the job journal names no job");
    return *found->facts;
}

std::vector<PhaseDuration> phase_durations(const JournalContents &contents) {
    std::vector<PhaseDuration> times;
    std::optional<Record> begun;
    for (const auto &record : contents.records) {
        if (record.kind == RecordKind::phase_begins)
            begun = record;
        if (record.kind == RecordKind::phase_done && begun && begun->phase == record.phase)
            times.push_back({*record.phase, std::chrono::duration_cast<std::chrono::milliseconds>(
                                                record.time - begun->time)});
    }
    return times;
}

JobEnd end_of_job(const JournalContents &contents) {
    const auto &last = contents.records.back();
    return {.outcome = last.outcome.value_or(Outcome::failed),
            .reason = last.reason,
            .next_step = last.next_step,
            .interrupted = last.interrupted,
            .try_later = last.try_later,
            .last_phase = phase_under_way(contents),
            .phases = phase_durations(contents),
            .ended = last.time};
}

Recovery decide_recovery(const JournalContents &contents, const PhaseTable &table,
                         const MachineState &machine) {
    if (contents.records.empty() || contents.records.back().kind == RecordKind::job_ended)
        return {};
    const auto facts = latest_facts(contents);
    if (is_rollback(facts) && last_of(contents, RecordKind::phase_begins) == nullptr)
        return {.step = RecoveryStep::end_rollback};

    const auto phase = phase_under_way(contents);
    const bool in_new_system = machine.running.slot == facts.new_slot;
    const bool other_boot = contents.records.back().boot_id != machine.running.boot_id;

    // However often: there is no way back, and each step of finishing can be done again.
    if (is_committed(machine, facts))
        return {.step = RecoveryStep::go_on, .phase = finishing_phase(table)};
    if (const auto *failure = last_of(contents, RecordKind::phase_failed))
        return after_failure(contents, machine, facts, *failure);
    if (contents.damaged)
        return way_back(machine, facts, Phase::start_services, "the job journal is damaged",
                        Outcome::rolled_back);

    const auto &row = row_of(table, phase);
    if (in_new_system && row.on_return == OnReturn::go_on_in_new_system && other_boot)
        return {.step = RecoveryStep::go_on, .phase = Phase::migrate_store};
    if (row.on_return == OnReturn::run_again && machine.running.slot == facts.old_slot)
        return run_again(contents, machine, facts, phase, other_boot);
    const auto reason = other_boot && (runs_under_new_system(phase) || facts.try_requested)
                            ? why_new_system_was_left(phase, facts, machine)
                            : interruption(phase, other_boot);
    const bool only_rescue_partition = phase <= Phase::install && !is_done(contents, Phase::install);
    return way_back(machine, facts, phase, reason,
                    only_rescue_partition ? Outcome::failed : Outcome::rolled_back, !machine.deadline_passed);
}

} // namespace updater::job
