#include "updater/job/job_recorder.hpp"

#include "updater/job/job_history.hpp"
#include "updater/job/phase_codes.hpp"
#include "updater/job/recovery.hpp"

#include <string>
#include <utility>

namespace updater::job {

JobRecorder::JobRecorder(Journal &journal, JobObserver &observer) : journal_(journal), observer_(observer) {}

bool JobRecorder::job_begins(const JobFacts &facts) {
    Record first{.kind = RecordKind::job_begins};
    first.facts = facts;
    try {
        journal_.begin(std::move(first));
    } catch (const partitions::StorageError &failure) {
        observer_.job_begins(facts, false);
        observer_.job_ended(facts,
                            {.outcome = Outcome::failed,
                             .reason = std::string("the job journal cannot be written: ") + failure.what(),
                             .next_step = "Nothing was begun. Free space on /data, then start again with: " +
                                          command_to_try_again(facts, Phase::download),
                             .code = messages::text_of(messages::Code::journal_not_written)});
        return false;
    }
    observer_.job_begins(facts, false);
    return true;
}

void JobRecorder::phase_begins(Phase phase, JobFacts &facts) {
    journal_.append({.kind = RecordKind::phase_begins, .phase = phase});
    observer_.phase_begins(phase);
    // Only an installation plans in its first phase. The facts become durable with what the phase records.
    const bool is_planned = phase != Phase::download || facts.operation == Operation::download;
    if (is_planned && facts.predicted.empty())
        facts.predicted = observer_.prediction();
    if (phase == Phase::stop_services)
        facts.predicted_when_mail_stops = observer_.prediction();
}

void JobRecorder::phase_done(Phase phase, const JobFacts &facts, Time begun) {
    journal_.append({.kind = RecordKind::phase_done, .phase = phase, .facts = facts});
    observer_.facts_known(facts);
    observer_.phase_done(phase, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - begun));
}

void JobRecorder::restart_is_done() {
    append_if_possible({.kind = RecordKind::phase_done, .phase = Phase::restart_appliance});
    const auto phases = phase_durations(journal_.read());
    observer_.phase_done(Phase::restart_appliance,
                         phases.empty() ? std::chrono::milliseconds(0) : phases.back().took);
}

bool JobRecorder::append_if_possible(Record record) {
    try {
        journal_.append(std::move(record));
        return true;
    } catch (const partitions::StorageError &failure) {
        observer_.event({Severity::error, messages::Code::journal_not_written},
                        std::string("the job journal cannot be written: ") + failure.what() +
                            "; the job goes on without it");
        return false;
    }
}

void JobRecorder::job_ends(const JobFacts &facts, Record ending) {
    ending.kind = RecordKind::job_ended;
    ending.facts = facts;
    auto before = journal_.read();
    if (ending.code.empty() && ending.outcome != Outcome::succeeded)
        ending.code = messages::text_of(failure_code(phase_under_way(before)));
    // A job that cannot be recorded as ended has ended all the same, and people are told. The next agent ends
    // it again.
    const bool recorded = append_if_possible(ending);
    if (!recorded)
        ending.next_step += (ending.next_step.empty() ? "" : " ") +
                            std::string("The end of this job could not be recorded: free space on /data.");
    before.records.push_back(ending);
    auto end = end_of_job(before);
    // The time of the record: the next agent reads it from there, and must not tell another one.
    end.ended = recorded ? journal_.read().records.back().time : std::chrono::system_clock::time_point();
    observer_.job_ended(facts, end);
}

PhaseRun JobRecorder::phase_run(JobFacts &facts, std::stop_token stop) {
    return {
        .facts = facts,
        .save_facts =
            [this, &facts] {
                journal_.append({.kind = RecordKind::facts, .facts = facts});
                observer_.facts_known(facts);
            },
        .progress = [this](int percent, std::string_view step) { observer_.progress(percent, step); },
        .log = [this](const CodedSeverity &level, std::string_view text) { observer_.event(level, text); },
        .stop = std::move(stop),
        .mail_flows_again = [this] { observer_.mail_flows_again(); },
        .firmware_known = [this](std::string_view version) { observer_.firmware_known(version); }};
}

} // namespace updater::job
