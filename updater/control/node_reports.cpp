#include "updater/control/node_reports.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/text/duration.hpp"

#include <chrono>

namespace updater::control {

using nlohmann::json;

namespace {

std::string counted(std::int64_t number, const char *one, const char *many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string line_of_message(const json &message) {
    const std::string reason = text_at(message, "reason");
    return text_at(message, "id") + "  " +
           text::duration_text(std::chrono::seconds(number_at(message, "age_seconds"))) + "  " +
           counted(number_at(message, "recipients"), "recipient", "recipients") + "  " +
           (reason.empty() ? "not tried yet, or on its way" : reason) + "\n";
}

} // namespace

json drained_in(const json &document) {
    const auto found = document.find("drained");
    return found != document.end() && found->is_object() ? *found : json::object();
}

std::string drained_text(const json &state) {
    const json drained = drained_in(state);
    if (drained.empty())
        return {};
    return ": drained on request since " + readable_time(text_at(drained, "since")) + " by " +
           text_at(drained, "by");
}

std::string drained_line(const json &state) {
    const std::string text = drained_text(state);
    if (text.empty() || text_at(state, "mail") == "flows")
        return {};
    return "Mail is stopped" + text + "; to accept it again: update-control --resume\n";
}

std::string queue_text(const json &drained) {
    if (drained.value("queue_length", json()).is_null()) {
        const std::string problem = text_at(drained, "problem");
        return "how much waits in the queue is not known" + (problem.empty() ? " yet" : ": " + problem);
    }
    const auto connections = number_at(drained, "connections");
    const auto length = number_at(drained, "queue_length");
    return (length == 0 ? "the queue is empty"
                        : counted(length, "message waits", "messages wait") + " in the queue") +
           (connections == 0 ? ""
                             : ", " + counted(connections, "sender is", "senders are") + " still connected");
}

std::string drained_report(const json &state) {
    const json drained = drained_in(state);
    if (drained.empty())
        return {};
    return field("Queue", queue_text(drained)) +
           field("To resume", drained.value("keep_over_restart", false)
                                  ? "update-control --resume; mail stays stopped over a restart until then"
                                  : "update-control --resume, or a restart of the appliance");
}

std::string drained_over_installation(const json &state) {
    const json drained = drained_in(state);
    if (drained.empty())
        return {};
    const std::string now = "This node is drained: on request it accepts no mail from outside. ";
    return now + (drained.value("keep_over_restart", false)
                      ? "That was ordered over a restart, so it holds after the installation too, whichever "
                        "version runs then, until: update-control --resume\n"
                      : "The restart of the installation ends that: mail is accepted again afterwards, "
                        "whichever version runs then. For mail to stay stopped: update-control --drain "
                        "--keep-over-restart\n");
}

std::string role_report(const json &state) {
    const std::string role = text_at(state, "role");
    return role.empty() ? "" : field("Role", role);
}

std::string queue_report(const json &queue) {
    std::string report;
    const json messages = queue.value("messages", json::array());
    if (!messages.is_array())
        return report;
    for (const json &message : messages)
        report += line_of_message(message);
    const auto more = number_at(queue, "queue_length") - static_cast<std::int64_t>(messages.size());
    return more > 0 ? report + "and " + std::to_string(more) + " more\n" : report;
}

} // namespace updater::control
