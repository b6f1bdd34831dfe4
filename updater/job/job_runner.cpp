// The way through the phases, and what recovery does.
#include "updater/job/job_runner.hpp"

#include "updater/cancelled.hpp"
#include "updater/job/job_history.hpp"
#include "updater/job/phase_failure.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace updater::job {

namespace {

Record ending_of(const Recovery &recovery) {
    return {.outcome = recovery.outcome,
            .reason = recovery.reason,
            .next_step = recovery.next_step,
            .interrupted = recovery.interrupted,
            .try_later = recovery.try_later,
            .code = recovery.code};
}

Record ending_of_success(const JobFacts &facts) {
    if (!is_rollback(facts))
        return {.outcome = Outcome::succeeded};
    return {.outcome = Outcome::succeeded,
            .reason = "rolled back on request",
            .next_step = "Mail that only " + facts.from_version + " has stored stays in its generation " +
                         facts.old_generation +
                         ": to have it again, update-control --rollback --force. An installation removes it, "
                         "and so needs --force."};
}

/// An older updater began this rollback; it committed the previous system before it restarted.
Record ending_of_old_rollback(const JobFacts &facts, const MachineState &machine) {
    if (machine.running.slot == facts.new_slot)
        return {.outcome = Outcome::succeeded, .reason = "rolled back on request"};
    return {.outcome = Outcome::failed,
            .reason = "it was interrupted before the other system was started",
            .next_step = advice_to_try_again(facts, Phase::restart_appliance),
            .code = messages::text_of(messages::Code::old_rollback_interrupted)};
}

} // namespace

JobRunner::JobRunner(Journal &journal, PhaseTable table, JobObserver &observer, Machine machine)
    : journal_(journal), table_(std::move(table)), observer_(observer), machine_(std::move(machine)),
      recorder_(journal, observer), rollback_(table_, machine_, recorder_, observer),
      finishing_(machine_, recorder_, observer) {}

JobRunner::End JobRunner::start(JobFacts facts, const StopRequest &stop) {
    if (!recorder_.job_begins(facts))
        return End::ended;
    return run_from(Phase::download, facts, stop);
}

JobRunner::End JobRunner::recover(const StopRequest &stop) {
    const auto contents = journal_.read();
    auto recovery = decide_recovery(contents, table_, machine_.state());
    if (recovery.step == RecoveryStep::nothing)
        return End::ended;
    if (recovery.unexplained && machine_.restart_causes != nullptr)
        recovery.reason += "; " + text_of(machine_.restart_causes->of(*recovery.unexplained));
    auto facts = latest_facts(contents);
    observer_.job_begins(facts, true);

    switch (recovery.step) {
    case RecoveryStep::nothing:
        break;
    case RecoveryStep::go_on:
        return resume(facts, recovery, stop);
    case RecoveryStep::undo:
        return rollback_.undo_from(facts, recovery.phase, ending_of(recovery));
    case RecoveryStep::return_to_old: {
        auto failed = ending_of(recovery);
        failed.kind = RecordKind::phase_failed;
        failed.phase = recovery.phase;
        recorder_.append_if_possible(failed);
        return rollback_.return_to_old(facts, failed);
    }
    case RecoveryStep::end_rollback:
        return end(facts, ending_of_old_rollback(facts, machine_.state()));
    case RecoveryStep::give_up:
        return end(facts, ending_of(recovery));
    }
    return End::ended;
}

JobRunner::End JobRunner::resume(JobFacts &facts, const Recovery &recovery, const StopRequest &stop) {
    if (recovery.phase == Phase::migrate_store)
        recorder_.restart_is_done();
    else
        recorder_.append_if_possible({.kind = RecordKind::resumed, .phase = recovery.phase});
    if (!recovery.reason.empty())
        observer_.going_on(recovery.reason, recovery.code);
    return run_from(recovery.phase, facts, stop);
}

JobRunner::End JobRunner::run_from(Phase first, JobFacts &facts, const StopRequest &stop) {
    bool nothing_stopped_yet = false; // after a phase that only prepares
    Trial trial(machine_, observer_, stop);
    for (const auto &row : table_) {
        if (row.phase < first || !takes_part(row.phase, facts.operation))
            continue;
        if (nothing_stopped_yet && stop.agent_ends())
            return leave_to_next_agent(observer_);
        nothing_stopped_yet = row.on_return == OnReturn::run_again;
        if (const auto end = run_or_fail(row, facts, trial))
            return *end;
    }
    return end(facts, ending_of_success(facts));
}

std::optional<JobRunner::End> JobRunner::run_or_fail(const PhaseRow &row, JobFacts &facts, Trial &trial) {
    std::optional<Record> ending;
    try {
        trial.before(row.phase, facts);
        if (run_phase(row, facts, trial) == PhaseEnd::restarting)
            return End::restarting;
        return std::nullopt;
    } catch (const std::exception &failure) {
        ending = ending_after(failure, row.phase, facts, trial);
    }
    return after_failure(row, facts, *ending, trial.job_stop());
}

PhaseEnd JobRunner::run_phase(const PhaseRow &row, JobFacts &facts, const Trial &trial) {
    const auto stop = trial.stop().token();
    if (stop.stop_requested())
        throw Cancelled();
    recorder_.phase_begins(row.phase, facts);
    const auto begun = std::chrono::steady_clock::now();
    auto run = recorder_.phase_run(facts, stop);
    run.agent_ends = [&trial] { return trial.job_stop().agent_ends(); };
    const auto end = row.run(run);
    if (end == PhaseEnd::restarting) {
        observer_.restarting();
        machine_.restart();
        return end;
    }
    recorder_.phase_done(row.phase, facts, begun);
    return end;
}

std::optional<JobRunner::End> JobRunner::after_failure(const PhaseRow &row, JobFacts &facts,
                                                       const Record &ending, const StopRequest &stop) {
    const bool can_be_left = stop.agent_ends() && row.on_return == OnReturn::run_again;
    if (can_be_left && ending.outcome != Outcome::refused)
        return leave_to_next_agent(observer_);
    if (is_committed(machine_.state(), facts))
        return finishing_.retry_until_done(row, facts, ending, stop);
    return rollback_.after_failure(facts, row.phase, ending);
}

JobRunner::End JobRunner::end(const JobFacts &facts, const Record &ending) {
    recorder_.job_ends(facts, ending);
    return End::ended;
}

} // namespace updater::job
