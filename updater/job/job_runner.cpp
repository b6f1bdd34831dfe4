// The way forward, the way back, and what happens after a restart.
#include "updater/job/job_runner.hpp"

#include "updater/cancelled.hpp"
#include "updater/refusal.hpp"
#include "updater/try_again_later.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace updater::job {

namespace {

Outcome outcome_of_failure(Phase phase, const JobFacts &facts) {
    return can_be_cancelled(phase) || is_rollback(facts) ? Outcome::failed : Outcome::rolled_back;
}

Outcome outcome_of_cancelling(Phase phase, const JobFacts &facts) {
    return can_be_cancelled(phase) || is_rollback(facts) ? Outcome::cancelled : Outcome::rolled_back;
}

/// Between two tries to finish a committed upgrade.
constexpr std::chrono::seconds first_pause{5};
constexpr std::chrono::seconds max_pause{300};

/// What an administrator reads when a system on trial took too long.
class DeadlinePassed : public std::runtime_error {
  public:
    DeadlinePassed(Phase phase, const JobFacts &facts, std::chrono::milliseconds limit)
        : std::runtime_error("version " + facts.to_version + " had " +
                             std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) +
                             " s to prove itself, and this deadline passed during phase " +
                             std::to_string(number_of(phase)) + ", " + std::string(name_of(phase)) +
                             " (deadline-seconds, and conversion-seconds for each conversion, in its "
                             "appliance.xml)") {}
};

Record ending_of(const Recovery &recovery) {
    return {.outcome = recovery.outcome,
            .reason = recovery.reason,
            .next_step = recovery.next_step,
            .interrupted = recovery.interrupted,
            .try_later = recovery.try_later};
}

} // namespace

JobRunner::JobRunner(Journal &journal, PhaseTable table, JobObserver &observer, Machine machine)
    : journal_(journal), table_(std::move(table)), observer_(observer), machine_(std::move(machine)) {}

JobRunner::End JobRunner::start(JobFacts facts, const StopRequest &stop) {
    Record first;
    first.kind = RecordKind::job_begins;
    first.facts = facts;
    try {
        journal_.begin(first);
    } catch (const partitions::StorageError &failure) {
        observer_.job_begins(facts, false);
        observer_.job_ended(facts,
                            {.outcome = Outcome::failed,
                             .reason = std::string("the job could not be noted: ") + failure.what(),
                             .next_step = "Nothing was begun. Free space on /data, then start again with: "
                                          "update-control -i fw"});
        return End::ended;
    }
    observer_.job_begins(facts, false);
    return forward(facts, Phase::download, stop);
}

JobRunner::End JobRunner::recover(const StopRequest &stop) {
    const auto contents = journal_.read();
    const auto recovery = decide_recovery(contents, table_, machine_.state());
    if (recovery.step == RecoveryStep::nothing)
        return End::ended;
    auto facts = latest_facts(contents);
    observer_.job_begins(facts, true);

    switch (recovery.step) {
    case RecoveryStep::nothing:
        break;
    case RecoveryStep::go_on:
        if (recovery.phase == Phase::migrate_store)
            note_arrival();
        else
            append_if_possible({.kind = RecordKind::resumed, .phase = recovery.phase});
        if (!recovery.reason.empty())
            observer_.going_on(recovery.reason);
        return forward(facts, recovery.phase, stop);
    case RecoveryStep::undo:
        observer_.rolling_back(recovery.reason);
        take_back(facts, recovery.phase);
        return end_job(facts, ending_of(recovery));
    case RecoveryStep::return_to_old: {
        auto failed = ending_of(recovery);
        failed.kind = RecordKind::phase_failed;
        failed.phase = recovery.phase;
        append_if_possible(std::move(failed));
        return return_to_old(facts, recovery);
    }
    case RecoveryStep::end_rollback: {
        const bool arrived = machine_.state().running.slot == facts.new_slot;
        return end_job(facts, {.outcome = arrived ? Outcome::succeeded : Outcome::failed,
                               .reason = arrived ? "rolled back on request"
                                                 : "it was interrupted before the other system was started",
                               .next_step = arrived ? "" : advice_to_try_again(facts)});
    }
    case RecoveryStep::give_up:
        return end_job(facts, ending_of(recovery));
    }
    return End::ended;
}

void JobRunner::note_arrival() {
    append_if_possible({.kind = RecordKind::phase_done, .phase = Phase::restart_appliance});
    const auto phases = phase_durations(journal_.read());
    observer_.phase_done(Phase::restart_appliance,
                         phases.empty() ? std::chrono::milliseconds(0) : phases.back().took);
}

JobRunner::End JobRunner::restart_machine() {
    observer_.restarting();
    machine_.restart();
    return End::restarting;
}

JobRunner::End JobRunner::forward(JobFacts &facts, Phase first, const StopRequest &stop) {
    bool nothing_stopped_yet = false; // after a phase that only prepares
    std::optional<Deadline> deadline;
    for (const auto &row : table_) {
        if (row.phase < first || !takes_part(row.phase, facts.operation))
            continue;
        if (nothing_stopped_yet && stop.reason() == StopReason::agent_ends)
            return leave_as_it_is();
        nothing_stopped_yet = row.on_return == OnReturn::run_again;
        if (const auto end = step(row, facts, deadline, stop))
            return *end;
    }
    if (is_rollback(facts))
        return end_job(facts, {.outcome = Outcome::succeeded,
                               .reason = "rolled back on request",
                               .next_step = "What was stored since the upgrade is in generation " +
                                            facts.old_generation +
                                            " alone: to have it again, update-control --rollback --force. An "
                                            "installation removes it, and so "
                                            "needs --force."});
    return end_job(facts, {.outcome = Outcome::succeeded});
}

std::optional<JobRunner::End> JobRunner::step(const PhaseRow &row, JobFacts &facts,
                                              std::optional<Deadline> &deadline, const StopRequest &stop) {
    Record ending{.outcome = outcome_of_failure(row.phase, facts), .next_step = advice_to_try_again(facts)};
    try {
        begin_trial(row.phase, facts, deadline, stop);
        if (run_phase(row, facts, (deadline ? deadline->stop() : stop).token()) == PhaseEnd::restarting)
            return End::restarting;
        return std::nullopt;
    } catch (const Cancelled &failure) {
        ending.reason = failure.what();
        switch ((deadline ? deadline->stop() : stop).reason().value_or(StopReason::cancelled)) {
        case StopReason::deadline_passed:
            ending.reason = DeadlinePassed(row.phase, facts, deadline->limit()).what();
            break;
        case StopReason::agent_ends:
            ending.reason =
                "the update agent was told to end, as before a restart of the appliance, during phase " +
                std::to_string(number_of(row.phase)) + ", " + std::string(name_of(row.phase));
            ending.interrupted = true;
            break;
        case StopReason::cancelled:
            ending.outcome = outcome_of_cancelling(row.phase, facts);
            break;
        }
    } catch (const Refused &failure) {
        ending.reason = failure.what();
        ending.outcome = Outcome::refused;
        ending.next_step = failure.next_step();
    } catch (const std::exception &failure) {
        ending.reason = failure.what();
        ending.try_later = dynamic_cast<const TryAgainLater *>(&failure) != nullptr;
        // Much fails in a machine that shuts down: the services it needs go at the same time.
        ending.interrupted = stop.reason() == StopReason::agent_ends;
    }
    const bool can_be_left = stop.reason() == StopReason::agent_ends && row.on_return == OnReturn::run_again;
    if (can_be_left && ending.outcome != Outcome::refused)
        return leave_as_it_is();
    if (is_committed(machine_.state(), facts))
        return finish(row, facts, ending.reason, stop);
    return fail(facts, row.phase, ending);
}

std::optional<JobRunner::End> JobRunner::finish(const PhaseRow &row, JobFacts &facts, std::string reason,
                                                const StopRequest &stop) {
    observer_.phase_failed(row.phase, reason);
    finishing_ = true;
    for (auto pause = first_pause;; pause = std::min(2 * pause, max_pause)) {
        if (const auto asked = stop.reason())
            return *asked == StopReason::agent_ends ? leave_as_it_is() : end_unfinished(facts, reason);
        observer_.going_on("version " + facts.to_version +
                           " is committed and stays, but not everything is done yet: " + reason +
                           ". It is tried again in " + std::to_string(pause.count()) + " s");
        if (!machine_.pause(pause, stop.token()))
            continue; // a stop was asked for
        try {
            const auto begun = std::chrono::steady_clock::now();
            auto run = phase_run(facts, {});
            row.run(run);
            note_done(row.phase, facts, begun);
            finishing_ = false;
            return std::nullopt;
        } catch (const std::exception &failure) {
            reason = failure.what();
        }
    }
}

JobRunner::End JobRunner::end_unfinished(const JobFacts &facts, const std::string &reason) {
    finishing_ = false;
    return end_job(facts,
                   {.outcome = Outcome::failed,
                    .reason = "it was ended on request before everything was done: " + reason,
                    .next_step = "Version " + facts.to_version +
                                 " is committed and stays. Mend what the reason names, then restart the "
                                 "appliance: systemctl reboot"});
}

void JobRunner::begin_trial(Phase phase, const JobFacts &facts, std::optional<Deadline> &deadline,
                            const StopRequest &stop) {
    // Asking for the state looks at the boot partition: not in phases that have nothing to do with it.
    if (deadline || !runs_under_new_system(phase))
        return;
    if (is_committed(machine_.state(), facts))
        return;
    if (!facts.unread.empty())
        throw std::runtime_error("the job was recorded by a newer updater, and this one cannot read what it "
                                 "says of: " +
                                 facts.unread.begin()->first);
    const auto limit = machine_.begin_trial(facts);
    deadline.emplace(limit, stop);
    observer_.event(Severity::info,
                    "version " + facts.to_version + " is on trial and has " +
                        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) +
                        " s to prove itself");
}

JobRunner::End JobRunner::leave_as_it_is() {
    observer_.event(Severity::info, "the update agent ends; the job goes on as soon as it is back");
    return End::left;
}

PhaseEnd JobRunner::run_phase(const PhaseRow &row, JobFacts &facts, const std::stop_token &stop) {
    if (stop.stop_requested())
        throw Cancelled();
    journal_.append({.kind = RecordKind::phase_begins, .phase = row.phase});
    observer_.phase_begins(row.phase);
    const auto begun = std::chrono::steady_clock::now();
    auto run = phase_run(facts, stop);
    const auto end = row.run(run);
    if (end == PhaseEnd::restarting) {
        observer_.restarting();
        machine_.restart();
        return end;
    }
    note_done(row.phase, facts, begun);
    return end;
}

void JobRunner::note_done(Phase phase, const JobFacts &facts, std::chrono::steady_clock::time_point begun) {
    journal_.append({.kind = RecordKind::phase_done, .phase = phase, .facts = facts});
    observer_.phase_done(phase, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - begun));
}

JobRunner::End JobRunner::fail(JobFacts &facts, Phase phase, const Record &ending) {
    observer_.phase_failed(phase, ending.reason);
    // The reason has to be on the disk before anything is taken back: the old system reports it after a
    // restart.
    Record failed = ending;
    failed.kind = RecordKind::phase_failed;
    failed.phase = phase;
    failed.facts = facts;
    append_if_possible(std::move(failed));
    if (machine_.state().running.slot == facts.new_slot)
        return return_to_old(facts, {.phase = phase, .reason = ending.reason});
    observer_.rolling_back(ending.reason);
    take_back(facts, phase);
    return end_job(facts, ending);
}

bool JobRunner::append_if_possible(Record record) {
    try {
        journal_.append(std::move(record));
        return true;
    } catch (const partitions::StorageError &failure) {
        observer_.event(Severity::error, std::string("the journal cannot be written: ") + failure.what() +
                                             "; the job goes on without it");
        return false;
    }
}

void JobRunner::take_back(JobFacts &facts, Phase phase) {
    append_if_possible({.kind = RecordKind::undo_begins, .phase = phase});
    auto run = phase_run(facts, {});
    for (auto row = table_.rbegin(); row != table_.rend(); ++row) {
        if (row->phase > phase || !row->undo || !takes_part(row->phase, facts.operation))
            continue;
        try {
            row->undo(run);
        } catch (const std::exception &failure) {
            // The rest has to be taken back all the same; what stays behind is named in the log.
            observer_.event(Severity::error, "taking back phase " + std::to_string(number_of(row->phase)) +
                                                 ", " + std::string(name_of(row->phase)) + ": " +
                                                 failure.what());
        }
    }
}

JobRunner::End JobRunner::return_to_old(const JobFacts &facts, const Recovery &recovery) {
    observer_.rolling_back(recovery.reason);
    observer_.event(Severity::info, "the boot selection still names " + facts.from_version +
                                        ": restarting into it; nothing of it was changed");
    return restart_machine();
}

JobRunner::End JobRunner::end_job(const JobFacts &facts, Record ending) {
    ending.kind = RecordKind::job_ended;
    ending.facts = facts;
    auto contents = journal_.read();
    // What cannot be written down is done all the same, and people are told. The next agent ends the job once
    // more.
    if (!append_if_possible(ending))
        ending.next_step += (ending.next_step.empty() ? "" : " ") +
                            std::string("The end of this job could not be noted: free space on /data.");
    contents.records.push_back(ending);
    observer_.job_ended(facts, end_of_job(contents));
    return End::ended;
}

PhaseRun JobRunner::phase_run(JobFacts &facts, std::stop_token stop) {
    return {.facts = facts,
            .save_facts = [this, &facts] { journal_.append({.kind = RecordKind::facts, .facts = facts}); },
            .progress = [this](int percent, std::string_view step) { observer_.progress(percent, step); },
            .log = [this](Severity level, std::string_view text) { observer_.event(level, text); },
            .stop = std::move(stop),
            .mail_flows_again = [this] { observer_.mail_flows_again(); }};
}

} // namespace updater::job
