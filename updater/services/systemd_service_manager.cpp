#include "updater/services/systemd_service_manager.hpp"

#include "updater/services/systemd_manager.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace updater::services {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string seconds_text(std::chrono::seconds time) {
    return std::to_string(time.count()) + " seconds";
}

} // namespace

std::vector<std::string> read_strings(partitions::base::Bus &bus, const partitions::base::BusTarget &target,
                                      const std::string &property) {
    partitions::base::BusMessage request =
        bus.method({target.service, target.path, "org.freedesktop.DBus.Properties"}, "Get");
    const std::string doing = "read " + property + " of " + target.path;
    partitions::base::check_bus(
        sd_bus_message_append(request.get(), "ss", target.interface.c_str(), property.c_str()), doing);
    const partitions::base::BusMessage reply = bus.call(request, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'v', "as"), doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "s"), doing);
    std::vector<std::string> texts;
    for (const char *text = nullptr;
         partitions::base::check_bus(sd_bus_message_read(reply.get(), "s", &text), doing) > 0;)
        texts.emplace_back(text);
    return texts;
}

SystemdServiceManager::SystemdServiceManager()
    : bus_(with_service_errors([] { return partitions::base::Bus::system(); })) {
    with_service_errors(
        [&] { bus_.call_with_strings(systemd_manager, "Subscribe", {}, "subscribe to systemd's signals"); });
}

partitions::base::BusTarget SystemdServiceManager::unit_object(const std::string &unit) {
    // LoadUnit, unlike GetUnit, also finds units that do not run.
    const std::string doing = "look at the unit " + unit;
    const partitions::base::BusMessage reply =
        bus_.call_with_strings(systemd_manager, "LoadUnit", {unit}, doing);
    const char *path = nullptr;
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "o", &path), doing);
    return {systemd_name, path, "org.freedesktop.systemd1.Unit"};
}

UnitState SystemdServiceManager::state(const std::string &unit) {
    return with_service_errors([&] {
        const partitions::base::BusTarget object = unit_object(unit);
        UnitState state;
        state.load_state = bus_.string_property(object, "LoadState");
        state.active_state = bus_.string_property(object, "ActiveState");
        state.sub_state = bus_.string_property(object, "SubState");
        state.unit_file_state = bus_.string_property(object, "UnitFileState");
        return state;
    });
}

std::vector<std::string> SystemdServiceManager::parts(const std::string &unit) {
    return with_service_errors([&] { return read_strings(bus_, unit_object(unit), "ConsistsOf"); });
}

bool SystemdServiceManager::has_job(const std::string &unit) {
    return with_service_errors([&] {
        const partitions::base::BusTarget object = unit_object(unit);
        const std::string doing = "look for a job of " + unit;
        partitions::base::BusMessage request =
            bus_.method({object.service, object.path, "org.freedesktop.DBus.Properties"}, "Get");
        partitions::base::check_bus(
            sd_bus_message_append(request.get(), "ss", object.interface.c_str(), "Job"), doing);
        const partitions::base::BusMessage reply = bus_.call(request, doing);
        std::uint32_t job = 0; // 0: none (org.freedesktop.systemd1(5), Unit interface)
        partitions::base::check_bus(sd_bus_message_read(reply.get(), "v", "(uo)", &job, nullptr), doing);
        return job != 0;
    });
}

std::string SystemdServiceManager::run_job(const std::string &method, const std::string &unit,
                                           Clock::time_point deadline) {
    // The signal may arrive before the reply that names the job, so all results are kept.
    std::set<std::pair<std::string, std::string>> removed;
    std::string job;
    std::string result;
    const partitions::base::BusSlot slot =
        bus_.match_signal(systemd_manager, "JobRemoved", [&](sd_bus_message *message) {
            const char *path = nullptr;
            const char *name = nullptr;
            const char *how = nullptr;
            partitions::base::check_bus(sd_bus_message_read(message, "uoss", nullptr, &path, &name, &how),
                                        "read a JobRemoved signal");
            removed.emplace(path, how);
        });
    const std::string doing = (method == "StopUnit" ? "stop " : "start ") + unit;
    const partitions::base::BusMessage reply =
        bus_.call_with_strings(systemd_manager, method, {unit, "replace"}, doing);
    const char *path = nullptr;
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "o", &path), doing);
    job = path;
    const auto is_over = [&] {
        const auto found =
            std::find_if(removed.begin(), removed.end(), [&](const auto &one) { return one.first == job; });
        if (found != removed.end())
            result = found->second;
        return found != removed.end();
    };
    bus_.wait_until(is_over, deadline);
    return result;
}

bool SystemdServiceManager::wait_until_stopped(const std::string &unit, Clock::time_point deadline) {
    const partitions::base::BusTarget object = unit_object(unit);
    bool look = true;
    const partitions::base::BusSlot slot =
        bus_.match_signal({systemd_name, object.path, "org.freedesktop.DBus.Properties"}, "PropertiesChanged",
                          [&](sd_bus_message *) { look = true; });
    return bus_.wait_until(
        [&] {
            if (!std::exchange(look, false))
                return false;
            const std::string now = bus_.string_property(object, "ActiveState");
            return now == "inactive" || now == "failed";
        },
        deadline);
}

void SystemdServiceManager::stop(const std::string &unit, std::chrono::seconds time_limit) {
    with_service_errors([&] {
        const Clock::time_point deadline = Clock::now() + time_limit;
        const std::string load_state = bus_.string_property(unit_object(unit), "LoadState");
        if (load_state == "not-found" || load_state == "masked")
            if (wait_until_stopped(unit, Clock::now()))
                return;
        std::vector<std::string> all{unit};
        for (const std::string &part : parts(unit))
            all.push_back(part);
        const std::string result = run_job("StopUnit", unit, deadline);
        // The parts have jobs of their own, which may still run: wait for each.
        for (const std::string &one : all)
            if (!wait_until_stopped(one, deadline))
                throw StopTimedOut(one + " did not stop within " + seconds_text(time_limit) +
                                   (result.empty() ? "" : " (systemd: " + result + ")") +
                                   "; still running: " + processes_of(one) + ". See systemctl status " + one);
    });
}

void SystemdServiceManager::start(const std::string &unit, std::chrono::seconds time_limit) {
    with_service_errors([&] {
        const std::string advice = ". See systemctl status " + unit + " and journalctl -u " + unit;
        std::string result;
        try {
            result = run_job("StartUnit", unit, Clock::now() + time_limit);
        } catch (const partitions::base::BusError &error) {
            // systemd refused the job: masked, no such unit, bad settings.
            std::string what = error.what();
            while (what.ends_with('.'))
                what.pop_back();
            throw StartFailed(what + advice);
        }
        if (result.empty())
            throw StartFailed(unit + " did not start within " + seconds_text(time_limit) + advice);
        if (result != "done")
            throw StartFailed(unit + " did not start (systemd: " + result + ")" + advice);
        for (const std::string &part : parts(unit))
            if (state(part).is_failed())
                throw StartFailed(unit + " started, but its part " + part + " failed. See journalctl -u " +
                                  part);
    });
}

std::string SystemdServiceManager::processes_of(const std::string &unit) {
    constexpr int max = 8;
    const std::string doing = "list the processes of " + unit;
    const partitions::base::BusMessage reply =
        bus_.call_with_strings(systemd_manager, "GetUnitProcesses", {unit}, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "(sus)"), doing);
    std::string text;
    const char *group = nullptr;
    std::uint32_t process = 0;
    const char *command = nullptr;
    int count = 0;
    while (partitions::base::check_bus(sd_bus_message_read(reply.get(), "(sus)", &group, &process, &command),
                                       doing) > 0)
        if (++count <= max)
            text += (text.empty() ? "" : ", ") + std::to_string(process) + " (" + command + ")";
    if (count > max)
        text += " and " + std::to_string(count - max) + " more";
    return text.empty() ? "no process" : text;
}

void SystemdServiceManager::reload() {
    with_service_errors(
        [&] { bus_.call_with_strings(systemd_manager, "Reload", {}, "let systemd read its units again"); });
}

void SystemdServiceManager::restart_machine() {
    // systemd itself, not logind: an appliance may have no logind, and no logged-in user may delay this.
    with_service_errors([&] {
        bus_.call_with_strings(systemd_manager, "StartUnit", {"reboot.target", "replace-irreversibly"},
                               "ask systemd for a restart of the machine");
    });
}

} // namespace updater::services
