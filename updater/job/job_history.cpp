#include "updater/job/job_history.hpp"

#include <algorithm>
#include <stdexcept>

namespace updater::job {

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

Phase phase_under_way(const JournalContents &contents) {
    const auto *begun = last_of(contents, RecordKind::phase_begins);
    return begun == nullptr ? Phase::download : *begun->phase;
}

bool is_done(const JournalContents &contents, Phase phase) {
    const auto *done = last_of(contents, RecordKind::phase_done);
    return done != nullptr && *done->phase == phase;
}

namespace {

/// nullptr if there is none.
const Record *last_with_facts(const JournalContents &contents) {
    const auto found = std::find_if(contents.records.rbegin(), contents.records.rend(),
                                    [](const Record &record) { return record.facts.has_value(); });
    return found == contents.records.rend() ? nullptr : &*found;
}

} // namespace

JobFacts latest_facts(const JournalContents &contents) {
    const auto *found = last_with_facts(contents);
    if (found == nullptr)
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

namespace {

/// Only a committed upgrade ends as failed in its last phase without a rollback having begun.
bool is_unfinished(const JournalContents &contents) {
    const auto *facts = last_with_facts(contents);
    return contents.records.back().outcome == Outcome::failed && facts != nullptr &&
           !is_rollback(*facts->facts) && phase_under_way(contents) == Phase::start_services &&
           last_of(contents, RecordKind::undo_begins) == nullptr;
}

} // namespace

JobEnd end_of_job(const JournalContents &contents) {
    const auto &last = contents.records.back();
    return {.outcome = last.outcome.value_or(Outcome::failed),
            .reason = last.reason,
            .next_step = last.next_step,
            .interrupted = last.interrupted,
            .try_later = last.try_later,
            .unfinished = is_unfinished(contents),
            .last_phase = phase_under_way(contents),
            .phases = phase_durations(contents),
            .ended = last.time,
            .code = last.code};
}

} // namespace updater::job
