#include "updater/health/mail_flow.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace updater::health {
namespace {

constexpr std::chrono::seconds time_for_greeting(10);

std::string short_name(const std::string &unit) {
    const auto end = unit.rfind(".service");
    return end == std::string::npos ? unit : unit.substr(0, end);
}

std::string log_of(const std::string &unit) {
    return "journalctl -u " + short_name(unit) + " -b";
}

MailState stopped(std::string problem, std::string advice) {
    return {Mail::stopped, std::move(problem), std::move(advice)};
}

} // namespace

MailFlow::MailFlow(services::ServiceManager &services, services::MailGate &gate, Listeners listeners,
                   network::GreetingProbe &probe, const configuration::Appliance &appliance, Drained drained)
    : services_(services), gate_(gate), listeners_(std::move(listeners)), probe_(probe),
      appliance_(appliance), drained_(std::move(drained)) {}

MailState MailFlow::look() {
    try {
        // What explains most comes first: a failed unit does not listen either.
        for (const auto &problem_of :
             {&MailFlow::problem_of_gate, &MailFlow::problem_of_units, &MailFlow::problem_of_listeners})
            if (auto problem = (this->*problem_of)())
                return *std::move(problem);
        return without_problem();
    } catch (const std::exception &failure) {
        return {Mail::unknown, failure.what(), "systemctl status " + short_name(appliance_.mail.unit)};
    }
}

MailState MailFlow::look_for_greetings() {
    const MailState state = look();
    if (state.mail != Mail::flows)
        return state;
    try {
        return problem_of_greetings().value_or(state);
    } catch (const std::exception &failure) {
        return {Mail::unknown, failure.what(), log_of(appliance_.mail.unit)};
    }
}

MailState MailFlow::without_problem() {
    const std::string drained_by = drained_();
    if (drained_by.empty())
        return {Mail::flows, "", ""};
    if (gate_.is_closed())
        return {Mail::stopped, "", ""};
    return {Mail::flows, "mail was stopped on request, but something else opened the mail gate", drained_by};
}

MailFlow::Problem MailFlow::problem_of_gate() {
    if (!gate_.is_closed() || !drained_().empty())
        return std::nullopt;
    return stopped("the mail gate refuses mail from outside", "nft delete table inet update_control");
}

MailFlow::Problem MailFlow::problem_of_units() {
    std::vector<std::string> units{appliance_.mail.unit};
    for (std::string &part : services_.parts(appliance_.mail.unit))
        units.push_back(std::move(part));
    const std::size_t of_mail = units.size();
    for (const configuration::ServiceUnit &unit : appliance_.services.units)
        if (unit.health_required && unit.name != appliance_.mail.unit)
            units.push_back(unit.name);

    const auto states = services_.states(units);
    for (std::size_t index = 0; index < units.size(); ++index) {
        const std::string &unit = units[index];
        const bool is_part = index > 0 && index < of_mail;
        // A part may be one that runs now and then only; whether it listens is looked at besides.
        if (is_part && !states[index].is_failed())
            continue;
        auto problem = problem_of_unit(unit, states[index]);
        // Not wanted: mail does without it.
        if (problem && index >= of_mail && !states[index].is_failed() && services_.is_switched_off(unit))
            continue;
        if (problem && is_part)
            problem->problem = unit + ", a part of " + appliance_.mail.unit + ", failed";
        if (problem)
            return problem;
    }
    return std::nullopt;
}

MailFlow::Problem MailFlow::problem_of_unit(const std::string &unit, const services::UnitState &state) {
    const std::string start = "systemctl start " + short_name(unit);
    if (state.active_state == "active" || state.active_state == "reloading")
        return std::nullopt;
    if (state.is_failed())
        return stopped(unit + " failed", log_of(unit));
    if (state.load_state == "not-found")
        return stopped(unit + " is not installed", "systemctl status " + short_name(unit));
    if (state.load_state == "masked")
        return stopped(unit + " is masked and does not run",
                       "systemctl unmask " + short_name(unit) + " && " + start);
    if (state.active_state == "activating")
        return stopped(unit + " is starting", "systemctl status " + short_name(unit));
    return stopped(unit + " does not run", start + " # why it ended: " + log_of(unit));
}

MailFlow::Problem MailFlow::problem_of_listeners() {
    for (const std::uint16_t port : appliance_.mail.listener_ports)
        if (listeners_(port).empty())
            return stopped("nothing listens at port " + std::to_string(port) + ", although " +
                               appliance_.mail.unit + " runs",
                           log_of(appliance_.mail.unit));
    return std::nullopt;
}

MailFlow::Problem MailFlow::problem_of_greetings() {
    for (const std::uint16_t port : appliance_.mail.listener_ports) {
        // One of several addresses is enough to know what the server does.
        const auto endpoints = listeners_(port);
        if (endpoints.empty())
            return problem_of_listeners();
        const network::Greeting greeting = probe_.greeting_of(endpoints.front(), time_for_greeting);
        if (greeting.line.starts_with("220"))
            continue;
        return stopped("the mail server at " + network::text_of(endpoints.front()) +
                           (greeting.line.empty() ? " does not greet: " + greeting.failure
                                                  : " refuses mail: " + greeting.line),
                       log_of(appliance_.mail.unit));
    }
    return std::nullopt;
}

} // namespace updater::health
