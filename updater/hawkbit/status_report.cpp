#include "updater/hawkbit/status_report.hpp"

#include "updater/control/documents.hpp"

#include <algorithm>

namespace updater::hawkbit {

using control::number_at;
using control::text_at;
using nlohmann::json;

namespace {

std::string line(const std::string &name, const std::string &value) {
    constexpr std::size_t width = 10;
    std::string shown = name + ":";
    shown.resize(std::max(width, shown.size()), ' ');
    return value.empty() ? std::string() : shown + value + "\n";
}

json part(const json &status, const char *name) {
    const json found = status.value(name, json());
    return found.is_object() ? found : json::object();
}

std::string server_lines(const json &status) {
    const std::string polled = text_at(status, "polled_utc");
    const std::string answered = text_at(status, "answered_utc");
    return line("server", text_at(status, "server")) + line("id", text_at(status, "controller")) +
           line("asked", polled.empty() ? "not yet" : polled) +
           line("answered", answered.empty() ? "not yet" : answered) +
           line("interval", std::to_string(number_at(status, "interval_seconds")) + " s") +
           line("problem", text_at(status, "problem")) + line("agent", text_at(status, "agent_problem"));
}

std::string action_line(const json &status) {
    const json action = part(status, "action");
    if (action.empty())
        return line("action", "none");
    const std::string job = text_at(action, "job");
    const std::string version = text_at(action, "version"); // empty where the action was forgotten
    return line("action", (version.empty() ? std::string() : "version " + version + ", ") +
                              text_at(action, "step") + (job.empty() ? "" : ", job " + job) + ", since " +
                              text_at(action, "since_utc") + " (" + text_at(action, "id") + ")");
}

std::string question_lines(const json &status) {
    const json question = part(status, "question");
    if (question.empty())
        return {};
    const std::string asked = "may version " + text_at(question, "version") + " be installed? ";
    return line("question", asked + (question.value("answered", json()) == true
                                         ? "It is answered."
                                         : "Answer: update-hawkbit --confirm, or: update-hawkbit --deny"));
}

std::string last_line(const json &status) {
    const json last = part(status, "last");
    if (last.empty())
        return {};
    const std::string version = text_at(last, "version"); // empty where the server had named none
    return line("last", (version.empty() ? std::string() : "version " + version + ", ") +
                            text_at(last, "ending") + ": " + text_at(last, "reason") + " (" +
                            text_at(last, "id") + ")");
}

} // namespace

std::string status_report(const json &status) {
    const std::int64_t unsent = number_at(status, "unsent");
    return server_lines(status) + action_line(status) + question_lines(status) + last_line(status) +
           line("unsent",
                unsent == 0 ? "" : std::to_string(unsent) + " reports, until the server takes them");
}

} // namespace updater::hawkbit
