// The two JSON documents of JobStatus (format 1). Apart from the setters, because readers of other versions
// depend on every name in here.
#include "updater/progress/status.hpp"

namespace updater::progress {

using nlohmann::json;

namespace {

json document_of(const FinishedJob &finished) {
    json phases = json::array();
    for (const PhaseTime &phase : finished.phases)
        phases.push_back(
            {{"number", phase.number}, {"name", phase.name}, {"seconds", phase.duration.count()}});
    return {{"job", finished.job},
            {"result", text(finished.result)},
            {"from", finished.from_version},
            {"to", finished.to_version},
            {"reason", finished.reason},
            {"next", finished.next},
            {"ended", text::iso_time(finished.ended)},
            {"phases", std::move(phases)}};
}

json document_of(const Event &event) {
    return {{"sequence", event.sequence},     {"time", text::iso_time(event.time)}, {"phase", event.phase},
            {"phase_name", event.phase_name}, {"level", text(event.level)},         {"text", event.text}};
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
                     {"last", last_ ? document_of(*last_) : json(nullptr)}};
    for (const char *name : {"operation", "job", "firmware_version", "phase", "phase_name", "percent", "step",
                             "started", "expected_end", "log", "note"})
        document[name] = nullptr;
    if (!job_)
        return document;
    document["operation"] = text(job_->operation);
    document["job"] = job_->id;
    if (!job_->to_version.empty())
        document["firmware_version"] = job_->to_version;
    if (job_->phase != 0) {
        document["phase"] = job_->phase;
        document["phase_name"] = job_->phase_name;
        document["percent"] = job_->percent;
        document["step"] = job_->step;
    }
    if (!job_->note.empty())
        document["note"] = job_->note;
    document["started"] = text::iso_time(job_->started);
    if (job_->expected_end)
        document["expected_end"] = text::iso_time(*job_->expected_end);
    document["log"] = job_->log_path;
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
