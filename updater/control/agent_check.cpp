#include "updater/control/agent_check.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/node_reports.hpp"

#include <algorithm>

namespace updater::control {

using nlohmann::json;

namespace {

/// Long enough that what a balancer still sends arrives before mail stops, whatever its interval is.
constexpr std::int64_t seconds_before_mail_stops = 60;
constexpr std::size_t max_reason_bytes = 120;

bool stops_soon(const json &state) {
    const json left = state.value("seconds_until_mail_stop", json());
    return left.is_number_integer() && left.get<std::int64_t>() <= seconds_before_mail_stops;
}

bool is_kept_back_by_job(const json &state) {
    const std::string activity = text_at(state, "state");
    const bool has_problem = state.value("mail_problem", json()).is_object();
    return activity == "restarting" ||
           (!activity.empty() && activity != "idle" && text_at(state, "mail") != "flows" && !has_problem);
}

std::string down(std::string reason) {
    reason.resize(std::min(reason.size(), max_reason_bytes));
    std::ranges::replace(reason, '\n', ' ');
    return "down #" + reason + "\n";
}

} // namespace

std::string agent_check_line(const json &state) {
    // A job that began while mail was stopped on request still keeps this node out.
    if (is_kept_back_by_job(state))
        return "maint\n";
    if (!drained_in(state).empty() || stops_soon(state))
        return "drain\n";
    if (text_at(state, "mail") == "flows")
        return "ready up\n";
    const json problem = state.value("mail_problem", json());
    return down(problem.is_object() ? text_at(problem, "text") : "whether mail flows is not known");
}

std::string agent_check_line_without_agent() {
    return "down #agent does not answer\n";
}

std::string agent_check_line_of_busy_agent() {
    return "\n";
}

} // namespace updater::control
