#include "updater/progress/past_jobs.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

namespace updater::progress {

using nlohmann::json;

namespace {

/// Longer ones come from a clock that was set.
constexpr double max_phase_seconds = std::chrono::seconds(std::chrono::days(1)).count();

std::optional<double> number_in(const json &object, const char *name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number() || found->get<double>() < 0)
        return std::nullopt;
    return found->get<double>();
}

std::optional<double> seconds_in(const json &value) {
    const auto seconds = number_in(value, "seconds");
    return seconds && *seconds <= max_phase_seconds ? seconds : std::nullopt;
}

void read_phases(const json &phases, PastJob &job) {
    if (!phases.is_array())
        return;
    for (const json &phase : phases) {
        if (!phase.is_object())
            continue;
        const auto number = number_in(phase, "number");
        const auto seconds = seconds_in(phase);
        if (number && *number <= job::phase_rules.size() && seconds)
            job.seconds[static_cast<int>(*number)] = *seconds;
    }
}

PastJob job_in(const json &document) {
    PastJob job;
    const auto operation = document.find("operation");
    if (operation != document.end() && operation->is_string())
        job.operation = operation->get<std::string>();
    read_phases(document.value("phases", json()), job);
    job.fetch_bytes = number_in(document, "fetch_bytes");
    job.write_bytes = number_in(document, "write_bytes");
    job.store_bytes = number_in(document, "store_bytes");
    const json from_file = document.value("from_file", json());
    if (from_file.is_boolean())
        job.from_file = from_file.get<bool>();
    constexpr double max_conversions = 1000;
    if (const auto count = number_in(document, "store_conversions"); count && *count <= max_conversions)
        job.store_conversions = static_cast<int>(*count);
    const json rehearsed = document.value("rehearsed", json());
    if (rehearsed.is_object())
        for (const json &seconds : rehearsed)
            if (seconds.is_number() && seconds >= 0 && seconds <= max_phase_seconds)
                job.rehearsed_seconds += seconds.get<double>();
    return job;
}

} // namespace

std::optional<double> PastJob::seconds_of(job::Phase phase) const {
    const auto found = seconds.find(job::number_of(phase));
    return found == seconds.end() ? std::nullopt : std::optional(found->second);
}

std::vector<PastJob> past_jobs(const json &history) {
    std::vector<PastJob> jobs;
    const json documents = history.is_object() ? history.value("jobs", json()) : json();
    if (!documents.is_array())
        return jobs;
    for (auto document = documents.rbegin(); document != documents.rend(); ++document)
        if (document->is_object() && document->value("result", json()) == "succeeded")
            jobs.push_back(job_in(*document));
    return jobs;
}

} // namespace updater::progress
