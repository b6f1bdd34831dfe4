#include "hooks/runner/transient_unit.hpp"

#include <cstdlib>
#include <thread>

namespace hooks::runner {
namespace {

using namespace std::chrono_literals;

const std::string systemd = systemd_manager.service;

std::string object_path(const std::string &unit) {
    char *path = nullptr;
    partitions::base::check_bus(sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path),
                                "name the unit " + unit);
    const std::unique_ptr<char, decltype(&free)> owner(path, &free);
    return path;
}

/// "" when systemd knows no such unit.
std::string active_state(partitions::base::Bus &bus, const std::string &name) {
    try {
        bus.call_with_strings(systemd_manager, "GetUnit", {name}, "look for " + name);
        return bus.string_property({systemd, object_path(name), "org.freedesktop.systemd1.Unit"},
                                   "ActiveState");
    } catch (const partitions::base::BusError &error) {
        if (error.name() == "org.freedesktop.systemd1.NoSuchUnit" ||
            error.name() == "org.freedesktop.DBus.Error.UnknownObject")
            return "";
        throw;
    }
}

} // namespace

void end_unit(partitions::base::Bus &bus, const std::string &name) {
    // systemd unloads a unit a moment after its end.
    const auto deadline = std::chrono::steady_clock::now() + time_to_stop + 20s;
    while (!active_state(bus, name).empty()) {
        for (const char *method : {"StopUnit", "ResetFailedUnit"}) {
            try {
                const bool stop = method == std::string_view("StopUnit");
                bus.call_with_strings(systemd_manager, method,
                                      stop ? std::vector<std::string>{name, "replace"}
                                           : std::vector<std::string>{name},
                                      "end the " + name + " that is still there");
            } catch (const partitions::base::BusError &error) {
                if (error.name() != "org.freedesktop.systemd1.NoSuchUnit")
                    throw;
            }
        }
        if (std::chrono::steady_clock::now() > deadline)
            throw partitions::base::BusError(name + " of an earlier run is still there and does not end", "");
        std::this_thread::sleep_for(50ms);
    }
}

TransientUnit::TransientUnit(partitions::base::Bus &bus, std::string name, const HookCall &call,
                             const OutputDescriptors &output)
    : bus_(bus), name_(std::move(name)), path_(object_path(name_)) {
    bus_.call_with_strings(systemd_manager, "Subscribe", {}, "subscribe to systemd's signals");
    changes_ = bus_.match_signal({systemd, path_, "org.freedesktop.DBus.Properties"}, "PropertiesChanged",
                                 [this](sd_bus_message *) { look_again_ = true; });
    jobs_ = bus_.match_signal(systemd_manager, "JobRemoved", [this](sd_bus_message *message) {
        const char *job = nullptr;
        partitions::base::check_bus(sd_bus_message_read(message, "uo", nullptr, &job),
                                    "read systemd's JobRemoved signal");
        removed_jobs_.insert(job);
    });
    start(call, output);
}

TransientUnit::~TransientUnit() {
    try {
        if (!ended_)
            bus_.call_with_strings(systemd_manager, "StopUnit", {name_, "replace"}, "end " + name_);
        // Without our reference systemd unloads the unit as soon as it has ended.
        bus_.call_with_strings(systemd_manager, "UnrefUnit", {name_}, "release " + name_);
    } catch (const partitions::base::BusError &) { // NOLINT(bugprone-empty-catch)
        // Harmless: the next run ends and unloads the unit before it starts, and RuntimeMaxSec limits it.
    }
}

void TransientUnit::start(const HookCall &call, const OutputDescriptors &output) {
    end_unit(bus_, name_); // leftovers of a dead agent

    partitions::base::BusMessage message = start_transient_unit(bus_, name_, call, output);
    const partitions::base::BusMessage reply =
        bus_.call(message, "start " + call.program.string() + " as " + name_);
    const char *job = nullptr;
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "o", &job),
                                "read the start job of " + name_);
    start_job_ = job;
}

bool TransientUnit::ended() {
    // Before the start job is done the unit may be inactive because it has not started yet.
    if (!ended_ && look_again_ && removed_jobs_.contains(start_job_)) {
        // Reset before the query, so that a change during it is not lost.
        look_again_ = false;
        const std::string state = active_state(bus_, name_);
        ended_ = state == "inactive" || state == "failed" || state.empty();
    }
    return ended_;
}

void TransientUnit::stop() {
    bus_.call_with_strings(systemd_manager, "StopUnit", {name_, "replace"}, "end " + name_);
    look_again_ = true;
}

UnitEnd TransientUnit::end() {
    const partitions::base::BusTarget service{systemd, path_, "org.freedesktop.systemd1.Service"};
    UnitEnd end;
    end.result = bus_.string_property(service, "Result");
    end.main_code = bus_.int_property(service, "ExecMainCode");
    end.main_status = bus_.int_property(service, "ExecMainStatus");
    return end;
}

} // namespace hooks::runner
