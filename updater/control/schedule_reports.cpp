#include "updater/control/schedule_reports.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"

namespace updater::control {

using nlohmann::json;

namespace {

std::string order_text(const json &order) {
    const std::string source = text_at(order, "source");
    return moment_text(order, "due") + ": install " + (source.empty() ? "the newest firmware" : source) +
           "; to cancel it: update-control --cancel-scheduled";
}

std::string window_text(const json &window) {
    return moment_text(window, "opens") + ", for " + std::to_string(number_at(window, "minutes")) +
           " minutes: install " +
           (text_at(window, "installs") == "security" ? "security fixes only" : "the next firmware");
}

} // namespace

std::string moment_text(const json &object, const std::string &name) {
    std::string utc = readable_time(text_at(object, (name + "_utc").c_str()));
    if (utc.ends_with('Z'))
        utc.replace(utc.size() - 1, 1, "UTC");
    return or_else(readable_time(text_at(object, name.c_str())), "unknown") +
           (utc.empty() ? "" : " (" + utc + ")");
}

std::string schedule_report(const json &document) {
    std::string report;
    if (const json order = document.value("scheduled", json(nullptr)); order.is_object())
        report += field("Scheduled", order_text(order));
    if (const json window = document.value("next_window", json(nullptr)); window.is_object())
        report += field("Next window", window_text(window));
    if (const std::string until = readable_time(text_at(document, "postponed_until")); !until.empty())
        report += field("Postponed", "no maintenance window is used before " + until);
    if (const std::string problem = text_at(document, "settings_problem"); !problem.empty())
        report += field("Settings", problem);
    return report;
}

} // namespace updater::control
