// The state document. Readers of other versions depend on every name in here.
#include "updater/progress/state.hpp"

#include "updater/progress/ended_job.hpp"
#include "updater/text/local_time.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <utility>

namespace updater::progress {

using nlohmann::json;

namespace {

constexpr auto activity_words = std::to_array<text::Word<Activity>>({
    {Activity::idle, "idle"},
    {Activity::running, "running"},
    {Activity::restarting, "restarting"},
    {Activity::rolling_back, "rolling-back"},
});

void add_expected(json &document, const ShownJob &job) {
    if (!job.expected)
        return;
    document["expected_end"] = text::iso_time(job.expected->end);
    document["expected_seconds"] = std::chrono::round<std::chrono::seconds>(job.expected->left).count();
    if (job.expected->mail_stops) {
        document["expected_mail_stop"] = text::iso_time(*job.expected->mail_stops);
        const auto until_end = job.expected->end - *job.expected->mail_stops;
        document["seconds_until_mail_stop"] =
            std::chrono::round<std::chrono::seconds>(job.expected->left - until_end).count();
    }
    if (job.expected->mail_flows)
        document["expected_mail_start"] = text::iso_time(*job.expected->mail_flows);
}

constexpr auto mail_words = std::to_array<text::Word<health::Mail>>({
    {health::Mail::flows, "flows"},
    {health::Mail::stopped, "stopped"},
    {health::Mail::unknown, "unknown"},
});

json mail_problem(const State &state) {
    if (state.mail.problem.empty() || keeps_mail_back(state.job))
        return nullptr;
    // Of a job that stopped in the middle nobody knows what it keeps back on purpose: nothing is to be
    // started by hand.
    return {{"text", state.mail.problem}, {"advice", state.problem.empty() ? state.mail.advice : ""}};
}

void add_job(json &document, const ShownJob &job) {
    const job::JobFacts &facts = job.facts;
    document["operation"] = job::text_of(facts.operation);
    document["job"] = facts.job;
    if (!facts.to_version.empty())
        document["firmware_version"] = facts.to_version;
    if (job.phase) {
        document["phase"] = job::number_of(*job.phase);
        document["phase_name"] = job::name_of(*job.phase);
        document["percent"] = job.percent;
        document["step"] = job.step;
    }
    if (!job.note.empty())
        document["note"] = job.note;
    document["started"] = text::iso_time(facts.started);
    add_expected(document, job);
    document["log"] = facts.log_file;
}

} // namespace

bool keeps_mail_back(const std::optional<ShownJob> &job) {
    return job && (!job->phase || (!job::mail_flows_in(*job->phase) && !job->mail_let_in));
}

json to_json(const State &state) {
    json document = {{"format", 1},
                     {"running_version", state.running_version},
                     {"slot", state.slot},
                     {"state", text::word_of(activity_words, state.activity)},
                     {"mail", text::word_of(mail_words, state.mail.mail)},
                     {"mail_problem", mail_problem(state)},
                     {"install_mib_per_second", state.install_mib_per_second},
                     {"problem", state.problem.empty() ? json(nullptr) : json(state.problem)},
                     {"last", state.last ? document_of(state.last->facts, state.last->end) : json(nullptr)}};
    for (const char *name : {"operation", "job", "firmware_version", "phase", "phase_name", "percent", "step",
                             "started", "expected_end", "expected_seconds", "expected_mail_stop",
                             "seconds_until_mail_stop", "expected_mail_start", "log", "note"})
        document[name] = nullptr;
    if (state.job)
        add_job(document, *state.job);
    return document;
}

} // namespace updater::progress
