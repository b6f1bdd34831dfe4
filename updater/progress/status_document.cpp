// The two JSON documents of JobStatus (format 1). Apart from the setters, because readers of other versions
// depend on every name in here.
#include "updater/progress/status.hpp"

namespace updater::progress {

using nlohmann::json;

namespace {

json document_of(const job::JobFacts &facts, const job::JobEnd &end) {
    json phases = json::array();
    for (const job::PhaseDuration &each : end.phases)
        phases.push_back({{"number", job::number_of(each.phase)},
                          {"name", job::name_of(each.phase)},
                          {"seconds", std::chrono::duration<double>(each.took).count()}});
    return {{"job", facts.job},
            {"result", job::text_of(end.outcome)},
            {"from", facts.from_version},
            {"to", facts.to_version},
            {"reason", end.reason},
            {"next", end.next_step},
            {"ended", text::iso_time(end.ended)},
            {"phases", std::move(phases)}};
}

json document_of(const Event &event) {
    return {{"sequence", event.sequence},
            {"time", text::iso_time(event.time)},
            {"phase", event.phase ? job::number_of(*event.phase) : 0},
            {"phase_name", event.phase ? job::name_of(*event.phase) : ""},
            {"level", job::text_of(event.severity)},
            {"text", event.text}};
}

} // namespace

json JobStatus::state() const {
    const std::lock_guard lock(mutex_);
    json document = {{"format", 1},
                     {"running_version", running_version_},
                     {"slot", slot_},
                     {"state", text_of(state_)},
                     {"mail", mail_flows_ ? "flows" : "stopped"},
                     {"install_mib_per_second", install_mib_per_second_},
                     {"last", last_ ? document_of(last_->facts, last_->end) : json(nullptr)}};
    for (const char *name : {"operation", "job", "firmware_version", "phase", "phase_name", "percent", "step",
                             "started", "expected_end", "log", "note"})
        document[name] = nullptr;
    if (!job_)
        return document;
    const job::JobFacts &facts = job_->facts;
    document["operation"] = job::text_of(facts.operation);
    document["job"] = facts.job;
    if (!facts.to_version.empty())
        document["firmware_version"] = facts.to_version;
    if (job_->phase) {
        document["phase"] = job::number_of(*job_->phase);
        document["phase_name"] = job::name_of(*job_->phase);
        document["percent"] = job_->percent;
        document["step"] = job_->step;
    }
    if (!job_->note.empty())
        document["note"] = job_->note;
    document["started"] = text::iso_time(facts.started);
    if (job_->expected_end)
        document["expected_end"] = text::iso_time(*job_->expected_end);
    document["log"] = facts.log_file;
    return document;
}

json JobStatus::events(std::uint64_t after) const {
    const std::lock_guard lock(mutex_);
    json list = json::array();
    for (const Event &event : events_)
        if (event.sequence > after)
            list.push_back(document_of(event));
    return {{"format", 1}, {"events", std::move(list)}, {"last", last_sequence_}};
}

} // namespace updater::progress
