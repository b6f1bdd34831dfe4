// The decision, and the reasons that it gives.
#include "updater/job/recovery.hpp"

#include "updater/job/job_history.hpp"
#include "updater/job/phase_codes.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/shell_word.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>

namespace updater::job {

namespace {

/// The phase that finishes a committed upgrade.
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

std::string what_interrupted(bool other_boot) {
    return other_boot ? "the appliance restarted" : "the update agent was restarted";
}

std::string interruption(Phase phase, bool other_boot) {
    return what_interrupted(other_boot) + " during " + title_of(phase);
}

/// Why the old system runs although the new one was about to start, or had started.
std::string why_new_system_was_left(Phase phase, const JobFacts &facts, const MachineState &machine) {
    if (machine.deadline_passed)
        return "the deadline of version " + facts.to_version +
               " on trial passed, and update-control-deadline.service restarted the appliance " +
               (phase == Phase::restart_appliance ? "before an update agent had answered there"
                                                  : "during " + title_of(phase));
    if (phase == Phase::restart_appliance)
        return "version " + facts.to_version + " did not come up: its one try ended without a sign of it";
    return interruption(phase, true) + ", before the new system had proved itself";
}

messages::Code code_of_leaving_new_system(Phase phase, const MachineState &machine) {
    if (machine.deadline_passed)
        return messages::Code::deadline_passed;
    return phase == Phase::restart_appliance ? messages::Code::new_system_did_not_come_up
                                             : messages::Code::restarted_on_trial;
}

Recovery with_code(Recovery recovery, messages::Code code) {
    recovery.code = messages::text_of(code);
    return recovery;
}

Recovery way_back(const MachineState &machine, const JobFacts &facts, Phase phase, const std::string &reason,
                  Outcome outcome, bool interrupted = false) {
    Recovery recovery;
    recovery.step = machine.running.slot == facts.old_slot ? RecoveryStep::undo : RecoveryStep::return_to_old;
    recovery.phase = phase;
    recovery.reason = reason;
    recovery.interrupted = interrupted;
    recovery.outcome = is_rollback(facts) && outcome == Outcome::rolled_back ? Outcome::failed : outcome;
    recovery.next_step = advice_to_try_again(facts, phase);
    return recovery;
}

Recovery after_failure(const JournalContents &contents, const MachineState &machine, const JobFacts &facts,
                       const Record &failure) {
    auto recovery = way_back(machine, facts, *failure.phase, failure.reason,
                             failure.outcome.value_or(Outcome::rolled_back), failure.interrupted);
    recovery.try_later = failure.try_later;
    // An older updater recorded none.
    recovery.code = failure.code.empty() ? messages::text_of(failure_code(failure.phase)) : failure.code;
    if (!failure.next_step.empty())
        recovery.next_step = failure.next_step;
    // The agent that was told to end on trial knew no more than that. In an earlier phase the old system then
    // undoes all without a restart: one that came all the same is another matter.
    if (*failure.phase >= Phase::restart_appliance &&
        failure.code == messages::text_of(messages::Code::agent_ends) &&
        failure.boot_id != machine.running.boot_id && !machine.deadline_passed)
        recovery.unexplained = {.since = failure.time, .own_restart = {}, .told_to_end = failure.boot_id};
    if (count_of(contents, RecordKind::undo_begins) > max_returns) {
        recovery.step = RecoveryStep::give_up;
        recovery.outcome = Outcome::failed;
        recovery.code = messages::text_of(messages::Code::undo_given_up);
        recovery.reason += "; rolling back was interrupted again and again and was given up";
        recovery.next_step = "Not all was undone. Read the log " + facts.log_file +
                             ", then restart the appliance: systemctl reboot";
    }
    return recovery;
}

/// The boot loader never starts the other slot by itself as long as it can start the one of the job.
Recovery given_up_in_other_system(Phase phase) {
    return {.step = RecoveryStep::give_up,
            .phase = phase,
            .outcome = Outcome::failed,
            .interrupted = true,
            .reason = "the boot loader could not start the system in which the job ran, and started the one "
                      "in the other slot",
            .next_step = "Compare both with what was signed: update-control --verify",
            .unexplained = {},
            .code = messages::text_of(messages::Code::other_system_started)};
}

/// The way forward in the old system, in a job in which nothing has failed.
Recovery run_again(const JournalContents &contents, const MachineState &machine, const JobFacts &facts,
                   Phase phase, bool other_boot) {
    if (!is_done(contents, phase)) {
        if (returns_into(contents, phase) >= max_returns)
            return with_code(way_back(machine, facts, phase,
                                      interruption(phase, other_boot) + " again and again", Outcome::failed),
                             messages::Code::interrupted_again);
        return {.step = RecoveryStep::go_on,
                .phase = phase,
                .reason = interruption(phase, other_boot) + "; going on where it stopped",
                .code = messages::text_of(messages::Code::resumed)};
    }
    return {.step = RecoveryStep::go_on,
            .phase = static_cast<Phase>(number_of(phase) + 1),
            .reason = what_interrupted(other_boot) + " after " + title_of(phase) + "; going on",
            .code = messages::text_of(messages::Code::resumed)};
}

std::string conflict_options(const JobFacts &facts) {
    if (!facts.stop_on_conflict)
        return "";
    std::string options = " --stop-on-conflict";
    for (const std::string &path : facts.known_conflicts)
        options += " --known-conflict " + text::shell_word(path);
    return options;
}

} // namespace

std::string command_to_try_again(const JobFacts &facts, Phase phase) {
    if (is_rollback(facts))
        return "update-control --rollback --force";
    // What the feed offers is found again without a name. A URL may hold a password.
    const bool is_in_feed = !facts.expected_version.empty();
    const std::string source = is_in_feed ? "" : text::clean_text(facts.source);
    const std::string named = source.empty() ? "" : " " + text::shell_word(source);
    if (facts.operation == Operation::download)
        return "update-control -d fw" + named;
    const std::string install = "update-control -i fw";
    const std::string forced = facts.force ? " --force" : "";
    if (phase < Phase::restart_appliance)
        return install + named + forced + conflict_options(facts);
    // Without a name it would be left out from now on.
    const std::string &name = facts.firmware_file.empty() ? source : facts.firmware_file;
    return install + (name.empty() ? " --force" : " " + text::shell_word(name) + forced) +
           conflict_options(facts);
}

std::string advice_to_try_again(const JobFacts &facts, Phase phase) {
    return "The appliance runs " + facts.from_version + " as before. Read the log " + facts.log_file +
           ", then start again with: " + command_to_try_again(facts, phase);
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

    // However often it was interrupted: there is no way back, and each step of finishing can be repeated.
    if (is_committed(machine, facts))
        return {.step = RecoveryStep::go_on, .phase = finishing_phase(table)};
    // Before what a failure asks for: restarting would lead here again. What phases 1 to 5 did is of the
    // system that cannot be started.
    if (in_new_system && !machine.running.is_try && !contents.damaged && phase < Phase::restart_appliance)
        return given_up_in_other_system(phase);
    if (const auto *failure = last_of(contents, RecordKind::phase_failed))
        return after_failure(contents, machine, facts, *failure);
    if (contents.damaged)
        return with_code(way_back(machine, facts, Phase::start_services, "the job journal is damaged",
                                  Outcome::rolled_back),
                         messages::Code::journal_damaged);

    const auto with_question = [&](Recovery recovery) {
        if (other_boot && !machine.deadline_passed)
            recovery.unexplained = {.since = contents.records.back().time,
                                    .own_restart = phase == Phase::restart_appliance
                                                       ? contents.records.back().boot_id
                                                       : std::string{}};
        return recovery;
    };
    const auto &row = row_of(table, phase);
    if (in_new_system && row.on_return == OnReturn::go_on_in_new_system && other_boot)
        return {.step = RecoveryStep::go_on, .phase = Phase::migrate_store};
    if (row.on_return == OnReturn::run_again && machine.running.slot == facts.old_slot)
        return with_question(run_again(contents, machine, facts, phase, other_boot));
    const bool left_new_system = other_boot && (runs_under_new_system(phase) || facts.try_requested);
    const auto reason =
        left_new_system ? why_new_system_was_left(phase, facts, machine) : interruption(phase, other_boot);
    const bool only_rescue_partition = phase <= Phase::install && !is_done(contents, Phase::install);
    return with_question(with_code(
        way_back(machine, facts, phase, reason,
                 only_rescue_partition ? Outcome::failed : Outcome::rolled_back, !machine.deadline_passed),
        left_new_system ? code_of_leaving_new_system(phase, machine) : messages::Code::interrupted));
}

} // namespace updater::job
