#include "updater/services/systemd_calendar.hpp"

#include "updater/refusal.hpp"
#include "updater/services/systemd_manager.hpp"

#include <cstdlib>
#include <map>
#include <memory>
#include <unistd.h>
#include <vector>

namespace updater::services {

namespace {

using namespace std::chrono_literals;

constexpr auto time_to_start = 10s;

partitions::base::BusMessage start_call(partitions::base::Bus &bus, const std::string &timer,
                                        const std::string &expression) {
    const std::string doing = "describe " + timer;
    partitions::base::BusMessage call = bus.method(systemd_manager, "StartTransientUnit");
    partitions::base::check_bus(sd_bus_message_append(call.get(), "ss", timer.c_str(), "fail"), doing);
    partitions::base::check_bus(
        sd_bus_message_append(call.get(), "a(sv)", 4, "Description", "s",
                              "When update-control has something to do", "CollectMode", "s",
                              "inactive-or-failed", "AccuracyUSec", "t", std::uint64_t{1'000'000},
                              "TimersCalendar", "a(ss)", 1, "OnCalendar", expression.c_str()),
        doing);
    partitions::base::check_bus(sd_bus_message_append(call.get(), "a(sa(sv))", 0), doing);
    return call;
}

/// Returns when the timer runs. Throws Refused for an expression that systemd cannot parse.
void start(partitions::base::Bus &bus, const std::string &timer, const std::string &expression) {
    bus.call_with_strings(systemd_manager, "Subscribe", {}, "subscribe to systemd's signals");
    // The signal may arrive before the reply that names the job, so all results are kept.
    std::map<std::string, std::string> removed_jobs;
    const partitions::base::BusSlot slot =
        bus.match_signal(systemd_manager, "JobRemoved", [&](sd_bus_message *signal) {
            const char *job = nullptr;
            const char *result = nullptr;
            partitions::base::check_bus(sd_bus_message_read(signal, "uoss", nullptr, &job, nullptr, &result),
                                        "read a JobRemoved signal");
            removed_jobs[job] = result;
        });
    const std::string doing = "start the timer " + timer;
    const char *job = nullptr;
    partitions::base::BusMessage reply;
    try {
        reply = bus.call(start_call(bus, timer, expression), doing);
    } catch (const partitions::base::BusError &error) {
        if (error.name() == SD_BUS_ERROR_INVALID_ARGS)
            throw Refused("systemd cannot read the time \"" + expression + "\": " + error.what(),
                          calendar_advice, messages::Code::time_refused);
        throw;
    }
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "o", &job), doing);
    const auto over = [&] { return removed_jobs.contains(job); };
    const bool in_time = bus.wait_until(over, std::chrono::steady_clock::now() + time_to_start);
    if (!in_time || removed_jobs[job] != "done")
        throw ServiceError("the timer " + timer +
                           " did not start (systemd: " + (in_time ? removed_jobs[job] : "no answer in time") +
                           "); is update-window@.service installed? See: journalctl -u " + timer);
}

void stop(partitions::base::Bus &bus, const std::string &timer) {
    try {
        bus.call_with_strings(systemd_manager, "StopUnit", {timer, "replace"}, "stop the timer " + timer);
    } catch (const partitions::base::BusError &error) {
        if (error.name() != "org.freedesktop.systemd1.NoSuchUnit")
            throw;
    }
}

/// Includes timers of earlier agent processes.
std::vector<std::string> timers_for(partitions::base::Bus &bus, const std::string &purpose) {
    const std::string pattern = "update-window@" + purpose + "-*.timer";
    const std::string doing = "look for timers of the agent";
    partitions::base::BusMessage call = bus.method(systemd_manager, "ListUnitsByPatterns");
    partitions::base::check_bus(sd_bus_message_append(call.get(), "asas", 0, 1, pattern.c_str()), doing);
    const partitions::base::BusMessage reply = bus.call(call, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "(ssssssouso)"), doing);
    std::vector<std::string> names;
    const char *name = nullptr;
    while (partitions::base::check_bus(sd_bus_message_read(reply.get(), "(ssssssouso)", &name, nullptr,
                                                           nullptr, nullptr, nullptr, nullptr, nullptr,
                                                           nullptr, nullptr, nullptr),
                                       doing) > 0)
        names.emplace_back(name);
    return names;
}

std::chrono::sys_seconds next_moment(partitions::base::Bus &bus, const std::string &timer,
                                     const std::string &expression) {
    const std::string doing = "ask when " + timer + " is due";
    char *raw_path = nullptr;
    partitions::base::check_bus(
        sd_bus_path_encode("/org/freedesktop/systemd1/unit", timer.c_str(), &raw_path), doing);
    const std::unique_ptr<char, decltype(&free)> path(raw_path, &free);
    partitions::base::BusMessage call =
        bus.method({systemd_name, path.get(), "org.freedesktop.DBus.Properties"}, "Get");
    partitions::base::check_bus(
        sd_bus_message_append(call.get(), "ss", "org.freedesktop.systemd1.Timer", "NextElapseUSecRealtime"),
        doing);
    const partitions::base::BusMessage reply = bus.call(call, doing);
    std::uint64_t microseconds = 0;
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "v", "t", &microseconds), doing);
    if (microseconds == 0 || microseconds == UINT64_MAX)
        throw Refused("the time \"" + expression + "\" lies completely in the past", calendar_advice,
                      messages::Code::time_refused);
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds)));
}

} // namespace

std::string SystemdCalendar::fresh_name(const std::string &purpose) {
    // Never a name that was used before: systemd may not have collected the stopped timer yet.
    return "update-window@" + purpose + "-" + std::to_string(getpid()) + "-" + std::to_string(++started_) +
           ".timer";
}

std::chrono::sys_seconds SystemdCalendar::arm(const std::string &purpose, const std::string &expression) {
    check_calendar_expression(expression);
    return with_service_errors([&] {
        partitions::base::Bus bus = partitions::base::Bus::system();
        const auto earlier = timers_for(bus, purpose);
        const std::string timer = fresh_name(purpose);
        start(bus, timer, expression);
        try {
            const auto moment = next_moment(bus, timer, expression);
            for (const std::string &each : earlier)
                stop(bus, each);
            return moment;
        } catch (const Refused &) {
            stop(bus, timer);
            throw;
        }
    });
}

void SystemdCalendar::disarm(const std::string &purpose) {
    with_service_errors([&] {
        partitions::base::Bus bus = partitions::base::Bus::system();
        for (const std::string &each : timers_for(bus, purpose))
            stop(bus, each);
    });
}

std::chrono::sys_seconds SystemdCalendar::next(const std::string &expression) {
    const auto moment = arm("question", expression);
    disarm("question");
    return moment;
}

} // namespace updater::services
