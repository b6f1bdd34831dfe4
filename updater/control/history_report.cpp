#include "updater/control/history_report.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/text/duration.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace updater::control {

using nlohmann::json;

namespace {

/// Mail is not accepted from the beginning of this phase until the job's last phase lets it in.
constexpr int first_phase_without_mail = 3;
constexpr double max_shown_seconds = 1e9;

/// `list`: "phases" or "predicted".
double seconds_from(const json &job, const char *list, int first_phase) {
    double seconds = 0;
    const auto phases = job.find(list);
    if (phases == job.end() || !phases->is_array())
        return seconds;
    for (const json &phase : *phases)
        if (phase.is_object() && number_at(phase, "number") >= first_phase && phase.contains("seconds") &&
            phase["seconds"].is_number())
            seconds += phase["seconds"].get<double>();
    return seconds;
}

/// "2 min 5 s", "31 s (predicted 40 s)"
std::string durations_from(const json &job, int first_phase) {
    const auto text_of = [&](const char *list) {
        return text::duration_text(std::chrono::milliseconds(
            std::llround(1000 * std::clamp(seconds_from(job, list, first_phase), 0.0, max_shown_seconds))));
    };
    const bool predicted = seconds_from(job, "predicted", first_phase) > 0;
    return text_of("phases") + (predicted ? " (predicted " + text_of("predicted") + ")" : "");
}

/// Of a job that succeeded: of others the phase in which it failed, and what undid it, are not known.
std::string durations_of(const json &job) {
    const double all = seconds_from(job, "phases", 1);
    if (all == 0 || text_at(job, "result") != "succeeded")
        return {};
    const double without_mail = seconds_from(job, "phases", first_phase_without_mail);
    return ", in " + durations_from(job, 1) +
           (without_mail == 0
                ? ""
                : ", mail was not accepted for " + durations_from(job, first_phase_without_mail));
}

std::string result_of(const json &job) {
    if (job.value("unfinished", json()) == true)
        return "committed, but not finished";
    const std::string result = text_at(job, "result");
    return result == "rolled-back" ? "rolled back" : or_else(result, "ended");
}

std::string warnings_of(const json &job) {
    const auto warnings = number_at(job, "warnings");
    return warnings == 0 ? "" : ", " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
}

std::string code_of_end(const json &job) {
    const std::string code = text_at(job, "code");
    return code.empty() ? "" : " [" + code + "]";
}

std::string lines_of(const json &job) {
    const std::string to = text_at(job, "to");
    std::string lines = or_else(readable_time(text_at(job, "ended")), "at an unknown time") + "  " +
                        or_else(text_at(job, "operation"), "job") + " " +
                        or_else(text_at(job, "from"), "unknown version") + (to.empty() ? "" : " -> " + to) +
                        ": " + result_of(job) + durations_of(job) + warnings_of(job) + "\n";
    for (const auto &[words, key] : {std::pair{"    Reason: ", "reason"}, std::pair{"    Log: ", "log"}})
        if (const std::string value = text_at(job, key); !value.empty())
            lines += words + value + (key == std::string_view("reason") ? code_of_end(job) : "") + "\n";
    return lines;
}

} // namespace

std::string history_report(const json &history) {
    const json jobs = history.value("jobs", json::array());
    std::string report;
    if (jobs.is_array())
        for (const json &job : jobs)
            if (job.is_object())
                report += lines_of(job);
    return report.empty() ? "No job has ended here yet.\n" : report;
}

} // namespace updater::control
