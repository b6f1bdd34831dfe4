#include "updater/job/job_rollback.hpp"

#include <exception>
#include <utility>

namespace updater::job {

JobRollback::JobRollback(const PhaseTable &table, const RunnerMachine &machine, JobRecorder &recorder,
                         JobObserver &observer)
    : table_(table), machine_(machine), recorder_(recorder), observer_(observer) {}

RunEnd JobRollback::after_failure(JobFacts &facts, Phase phase, const Record &ending) {
    observer_.phase_failed(phase, ending.reason, ending.code);
    // The reason must be on the disk before anything is undone: after a restart the old system reports it.
    Record failed = ending;
    failed.kind = RecordKind::phase_failed;
    failed.phase = phase;
    failed.facts = facts;
    recorder_.append_if_possible(std::move(failed));
    if (machine_.state().running.slot == facts.new_slot)
        return return_to_old(facts, ending);
    return undo_from(facts, phase, ending);
}

RunEnd JobRollback::undo_from(JobFacts &facts, Phase phase, const Record &ending) {
    observer_.rolling_back(ending.reason, ending.code);
    Record end = ending;
    if (const auto left = undo_phases(facts, phase); !left.empty())
        end.next_step = "Not all was undone: " + left + (end.next_step.empty() ? "" : ". " + end.next_step);
    recorder_.job_ends(facts, end);
    return RunEnd::ended;
}

std::string JobRollback::undo_phases(JobFacts &facts, Phase last) {
    recorder_.append_if_possible({.kind = RecordKind::undo_begins, .phase = last});
    auto run = recorder_.phase_run(facts, {});
    std::string left;
    for (auto row = table_.rbegin(); row != table_.rend(); ++row) {
        if (row->phase > last || !row->undo || !takes_part(row->phase, facts.operation))
            continue;
        try {
            row->undo(run);
        } catch (const std::exception &failure) {
            // The other phases must be undone all the same.
            observer_.event({Severity::error, messages::Code::undo_failed},
                            "undoing " + title_of(row->phase) + ": " + failure.what());
            left += (left.empty() ? "" : "; ") + title_of(row->phase) + ": " + failure.what();
        }
    }
    return left;
}

RunEnd JobRollback::return_to_old(const JobFacts &facts, const Record &ending) {
    observer_.rolling_back(ending.reason, ending.code);
    observer_.event(Severity::info, "the boot selection still names " + facts.from_version +
                                        ": restarting into it; nothing of it was changed");
    observer_.restarting();
    machine_.restart();
    return RunEnd::restarting;
}

} // namespace updater::job
