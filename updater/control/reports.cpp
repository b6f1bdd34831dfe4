#include "updater/control/reports.hpp"

#include "updater/control/content_report.hpp"
#include "updater/control/documents.hpp"
#include "updater/control/feed_reports.hpp"
#include "updater/control/node_reports.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/control/rescue_actions.hpp"
#include "updater/control/schedule_reports.hpp"
#include "updater/text/duration.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace updater::control {

using nlohmann::json;

namespace {

std::string job_line(const json &state) {
    std::string line = or_else(text_at(state, "operation"), "job");
    const std::string version = text_at(state, "firmware_version");
    if (!version.empty())
        line += text_at(state, "operation") == "rollback" ? " to " + version : " of version " + version;
    return line + ", " + text_at(state, "state") + " (" + text_at(state, "job") + ")";
}

std::string phase_line(const json &state) {
    const std::int64_t phase = number_at(state, "phase");
    if (phase == 0)
        return "none yet";
    std::string line = std::to_string(phase) + " of " + std::to_string(last_phase) + ", " +
                       text_at(state, "phase_name") + ", " + std::to_string(number_at(state, "percent")) +
                       " %";
    const std::string step = text_at(state, "step");
    return step.empty() ? line : line + ", " + step;
}

std::string seconds_text(const json &phase) {
    const auto found = phase.find("seconds");
    const double seconds = found != phase.end() && found->is_number() ? found->get<double>() : 0.0;
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%9.1f s", seconds);
    return buffer.data();
}

std::string versions(const json &last) {
    const std::string from = text_at(last, "from");
    const std::string to = text_at(last, "to");
    if (from.empty() && to.empty())
        return {};
    return ": " + or_else(from, "unknown version") + " -> " + or_else(to, "unknown version");
}

const char *sentence_for(const json &last) {
    const std::string result = text_at(last, "result");
    if (last.value("unfinished", json()) == true)
        return "is committed, but not finished: the new version runs and stays";
    if (result == "succeeded")
        return "succeeded";
    if (result == "rolled-back")
        return "was rolled back: the appliance runs the previous system";
    if (result == "refused")
        return "was refused by the checks; nothing was changed";
    if (result == "cancelled")
        return "was cancelled; the appliance is as before";
    // In what state the appliance is, is in the next step: it may have stopped in the middle.
    return "failed";
}

std::string expected_times(const json &state) {
    const std::string end = readable_time(text_at(state, "expected_end"));
    if (end.empty())
        return field("Expected end", text_at(state, "state") == "rolling-back"
                                         ? "not known while it is rolled back"
                                         : "not known yet");
    const std::chrono::seconds left(std::max<std::int64_t>(0, number_at(state, "expected_seconds")));
    std::string lines = field("Expected end", end + " (in " + text::duration_text(left) + ")");
    const std::string stop = readable_time(text_at(state, "expected_mail_stop"));
    const std::string start = readable_time(text_at(state, "expected_mail_start"));
    if (!stop.empty())
        lines += field("Mail waits", "from about " + stop + " to about " + start);
    else if (!start.empty())
        lines += field("Mail waits", "and flows again at about " + start);
    return lines;
}

json mail_problem(const json &state) {
    const auto found = state.find("mail_problem");
    return found != state.end() && found->is_object() ? *found : json::object();
}

std::string mail_lines(const json &state) {
    const json problem = mail_problem(state);
    const std::string mail = or_else(text_at(state, "mail"), "unknown");
    if (problem.empty())
        return field("Mail", mail + (mail == "flows" ? "" : drained_text(state))) + drained_report(state);
    const std::string advice = text_at(problem, "advice");
    return field("Mail", mail + ": " + text_at(problem, "text")) +
           (advice.empty() ? "" : field("Do", advice)) + drained_report(state);
}

/// The restart into the new system is phase 6; a job that restarts later has failed there.
bool is_on_the_way_back(const json &state) {
    constexpr std::int64_t phase_that_restarts = 6;
    return text_at(state, "state") == "rolling-back" || number_at(state, "phase") > phase_that_restarts;
}

} // namespace

std::string mail_report(const json &state) {
    const json problem = mail_problem(state);
    if (problem.empty())
        return drained_line(state);
    const std::string advice = text_at(problem, "advice");
    const std::string mail = text_at(state, "mail");
    return (mail == "stopped" ? "Mail is stopped: "
            : mail == "flows" ? "Mail flows: "
                              : "Whether mail flows is not known: ") +
           text_at(problem, "text") + "\n" + (advice.empty() ? "" : field("Do", advice));
}

bool is_mail_stopped(const json &state) {
    return text_at(state, "mail") == "stopped" && !mail_problem(state).empty();
}

std::string status_report(const json &state) {
    std::string report = field("Running", "version " + or_else(text_at(state, "running_version"), "unknown") +
                                              ", slot " + or_else(text_at(state, "slot"), "unknown"));
    report += mail_lines(state);
    if (const std::string problem = text_at(state, "problem"); !problem.empty())
        report += field("Problem", problem);
    if (text_at(state, "state") == "idle") {
        report += field("Job", "none");
    } else {
        report += field("Job", job_line(state));
        report += field("Phase", phase_line(state));
        report += field("Started", or_else(readable_time(text_at(state, "started")), "unknown"));
        report += expected_times(state);
        if (const std::int64_t rate = number_at(state, "install_mib_per_second"); rate > 0)
            report += field("Paced to", std::to_string(rate) + " MiB per second in phase 2");
        report += field("Log", or_else(text_at(state, "log"), "none"));
        if (const std::string note = text_at(state, "note"); !note.empty())
            report += field("Note", note);
    }
    report += role_report(state);
    report += content_report(state);
    report += rescue_report(state);
    report += schedule_report(state);
    const auto last = state.find("last");
    if (last != state.end() && last->is_object())
        report += "\n" + result_report(*last);
    return report;
}

std::string result_report(const json &last) {
    std::string report =
        "The last job (" + text_at(last, "job") + ") " + sentence_for(last) + versions(last) + "\n";
    report += field("Ended", or_else(readable_time(text_at(last, "ended")), "unknown"));
    for (const auto &[name, key] : {std::pair{"Reason", "reason"}, std::pair{"Next", "next"}})
        if (const std::string value = text_at(last, key); !value.empty())
            report += field(name, value);
    if (const std::string code = text_at(last, "code"); !code.empty())
        report += field("Code", code + ", explained by: update-control --explain " + code);
    if (const auto warnings = number_at(last, "warnings"); warnings > 0)
        report += field("Warnings", std::to_string(warnings) + "; see " + text_at(last, "log"));
    const auto phases = last.find("phases");
    if (phases == last.end() || !phases->is_array())
        return report;
    for (const json &phase : *phases) {
        if (!phase.is_object())
            continue;
        std::array<char, 16> number{};
        std::snprintf(number.data(), number.size(), "Phase %2d ",
                      static_cast<int>(number_at(phase, "number")));
        report += number.data() + seconds_text(phase) + "  " + text_at(phase, "name") + "\n";
    }
    return report;
}

std::string firmware_report(const json &firmware) {
    const json running = firmware.value("running", json::object());
    const json other = firmware.value("other", json::object());
    std::string report = field("Running", "version " + or_else(text_at(running, "version"), "unknown") +
                                              ", slot " + or_else(text_at(running, "slot"), "unknown"));
    if (other.is_object() && !other.empty()) {
        const std::string version = text_at(other, "version");
        report += field("Other slot", "slot " + or_else(text_at(other, "slot"), "unknown") + ": " +
                                          or_else(text_at(other, "holds"), "unknown") +
                                          (version.empty() ? "" : ", version " + version) +
                                          (other.value("bootable", false) ? ", bootable" : ", not bootable"));
    }
    report += schedule_report(firmware);
    const json downloaded = firmware.value("downloaded", json::array());
    if (downloaded.empty())
        report += field("Downloaded", "nothing");
    for (const json &file : downloaded)
        report +=
            field("Downloaded",
                  "version " + or_else(text_at(file, "version"), "unknown") + ", " + size_at(file, "bytes") +
                      ", " + readable_time(text_at(file, "downloaded")) + ", " + text_at(file, "path"));
    if (firmware.contains("feed") && firmware["feed"].is_object())
        return report + feed_report(firmware);
    const json available = firmware.value("available", json::array());
    if (available.empty())
        report += field("Available", "no source is configured");
    for (const json &source : available)
        report += field("Available", text_at(source, "source"));
    return report;
}

std::string restart_report(const json &state, const std::string &login) {
    const std::string version = text_at(state, "firmware_version");
    const std::string command =
        login.empty() ? "update-control -f (after a new login)" : "ssh " + login + " update-control -f";
    const std::string go_on =
        "\nThis connection will be lost. To go on watching, in a few minutes:\n  " + command + "\n";
    if (is_on_the_way_back(state))
        return "The appliance restarts now, back into the system that ran before this job." + go_on;
    const std::string mail = readable_time(text_at(state, "expected_mail_start"));
    return "The appliance restarts now" + (version.empty() ? std::string{} : " (version " + version + ")") +
           ". It goes on by itself; if the new system does not come up or is not healthy, the previous one "
           "comes "
           "back by itself." +
           (mail.empty() ? "" : " Mail flows again at about " + mail + ".") + go_on;
}

} // namespace updater::control
