#include "updater/hawkbit/agent_documents.hpp"

#include "updater/control/documents.hpp"

#include <algorithm>
#include <utility>

namespace updater::hawkbit {

using control::number_at;
using control::text_at;
using nlohmann::json;

namespace {

json list_at(const json &object, const char *name) {
    const json list = object.value(name, json::array());
    return list.is_array() ? list : json::array();
}

bool flag_at(const json &object, const char *name) {
    return object.contains(name) && object[name] == true;
}

EndedJob ended_job_in(const json &job) {
    return {.job = text_at(job, "job"),
            .operation = text_at(job, "operation"),
            .from = text_at(job, "from"),
            .to = text_at(job, "to"),
            .result = text_at(job, "result"),
            .reason = text_at(job, "reason"),
            .next = text_at(job, "next"),
            .ended = text_at(job, "ended"),
            .unfinished = flag_at(job, "unfinished")};
}

std::vector<OfferedFirmware> offered_in(const json &list, const char *source) {
    std::vector<OfferedFirmware> found;
    for (const json &each : list)
        if (each.is_object())
            found.push_back({.version = text_at(each, "version"),
                             .source = text_at(each, source),
                             .minimum_version = text_at(each, "minimum_version"),
                             .stepping_stone = flag_at(each, "stepping_stone")});
    return found;
}

} // namespace

AgentState read_state(std::string_view text) {
    const json document = control::read_document(text);
    AgentState state{.running_version = text_at(document, "running_version"),
                     .slot = text_at(document, "slot"),
                     .state = text_at(document, "state"),
                     .operation = text_at(document, "operation"),
                     .job = text_at(document, "job"),
                     .version = text_at(document, "firmware_version"),
                     .phase = static_cast<int>(number_at(document, "phase")),
                     .phase_name = text_at(document, "phase_name"),
                     .percent = static_cast<int>(number_at(document, "percent")),
                     .postponed = !text_at(document, "postponed_until").empty(),
                     .last = std::nullopt};
    if (const json last = document.value("last", json()); last.is_object())
        state.last = ended_job_in(last);
    return state;
}

AgentFirmware read_firmware(std::string_view text) {
    const json document = control::read_document(text);
    AgentFirmware firmware;
    const json feed = document.value("feed", json());
    firmware.has_feed = feed.is_object();
    if (firmware.has_feed)
        firmware.feed_problem = text_at(feed, "problem");
    // Older agents only say which steps lead to the newest.
    firmware.newer = offered_in(list_at(document, document.contains("newer") ? "newer" : "path"), "source");
    firmware.downloaded = offered_in(list_at(document, "downloaded"), "path");
    for (const json &each : list_at(document, "failed"))
        if (each.is_object()) {
            EndedJob failed;
            failed.to = text_at(each, "version");
            failed.reason = text_at(each, "reason");
            firmware.failed.push_back(std::move(failed));
        }
    if (!document.contains("newer"))
        std::ranges::reverse(firmware.newer); // newest first
    return firmware;
}

bool is_checking(std::string_view firmware_document) {
    const json document = control::read_document(firmware_document);
    const json feed = document.value("feed", json());
    return feed.is_object() && flag_at(feed, "checking");
}

std::vector<EndedJob> read_history(std::string_view text) {
    const json document = control::read_document(text);
    std::vector<EndedJob> jobs;
    for (const json &job : list_at(document, "jobs"))
        if (job.is_object())
            jobs.push_back(ended_job_in(job));
    return jobs;
}

} // namespace updater::hawkbit
