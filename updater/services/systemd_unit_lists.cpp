// Questions to systemd about all units at once: which have failed, which are switched off but run.
#include "updater/services/systemd_manager.hpp"
#include "updater/services/systemd_service_manager.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace updater::services {
namespace {

struct LoadedUnit {
    std::string name;
    UnitState state; ///< without the unit_file_state
    partitions::base::BusTarget object;
};

/// What a method of the manager that takes texts and returns units answers.
std::vector<LoadedUnit> listed_units(partitions::base::Bus &bus, const std::string &method,
                                     const std::vector<std::string> &texts) {
    const std::string doing = "list systemd's units";
    partitions::base::BusMessage request = bus.method(systemd_manager, method);
    partitions::base::check_bus(sd_bus_message_open_container(request.get(), 'a', "s"), doing);
    for (const std::string &text : texts)
        partitions::base::check_bus(sd_bus_message_append_basic(request.get(), 's', text.c_str()), doing);
    partitions::base::check_bus(sd_bus_message_close_container(request.get()), doing);
    const partitions::base::BusMessage reply = bus.call(request, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "(ssssssouso)"), doing);
    std::vector<LoadedUnit> units;
    const char *name = nullptr;
    const char *load = nullptr;
    const char *active = nullptr;
    const char *sub = nullptr;
    const char *path = nullptr;
    while (partitions::base::check_bus(sd_bus_message_read(reply.get(), "(ssssssouso)", &name, nullptr, &load,
                                                           &active, &sub, nullptr, &path, nullptr, nullptr,
                                                           nullptr),
                                       doing) > 0)
        units.push_back(
            {name, {load, active, sub, ""}, {systemd_name, path, "org.freedesktop.systemd1.Unit"}});
    return units;
}

/// Units in one of these states (active states, or load states such as "loaded"); all if none is given.
std::vector<LoadedUnit> loaded_units(partitions::base::Bus &bus, const std::vector<std::string> &states) {
    return listed_units(bus, "ListUnitsFiltered", states);
}

/// Of every unit file: its name and its state.
std::map<std::string, std::string> unit_files(partitions::base::Bus &bus) {
    const std::string doing = "list systemd's unit files";
    const partitions::base::BusMessage reply =
        bus.call_with_strings(systemd_manager, "ListUnitFiles", {}, doing);
    partitions::base::check_bus(sd_bus_message_enter_container(reply.get(), 'a', "(ss)"), doing);
    std::map<std::string, std::string> files;
    const char *path = nullptr;
    const char *state = nullptr;
    while (partitions::base::check_bus(sd_bus_message_read(reply.get(), "(ss)", &path, &state), doing) > 0)
        files[std::filesystem::path(path).filename()] = state;
    return files;
}

bool is_template(const std::string &unit) {
    return unit.find("@.") != std::string::npos;
}

} // namespace

bool SystemdServiceManager::is_machine_starting() {
    return with_service_errors([&] {
        const std::string state = bus_.string_property(systemd_manager, "SystemState");
        return state == "initializing" || state == "starting";
    });
}

std::vector<UnitState> SystemdServiceManager::states(const std::vector<std::string> &units) {
    return with_service_errors([&] {
        const auto listed = listed_units(bus_, "ListUnitsByNames", units);
        // One for each name, in the same order; an alias under the name of its unit.
        if (listed.size() != units.size())
            throw ServiceError("systemd does not know all of the units' names");
        std::vector<UnitState> found;
        for (const LoadedUnit &unit : listed)
            found.push_back(unit.state);
        return found;
    });
}

std::vector<std::string> SystemdServiceManager::failed_units() {
    return with_service_errors([&] {
        std::vector<std::string> failed;
        for (const LoadedUnit &unit : loaded_units(bus_, {"failed"}))
            if (!is_transient(unit.object))
                failed.push_back(unit.name);
        std::ranges::sort(failed);
        return failed;
    });
}

bool SystemdServiceManager::is_switched_off(const std::string &unit) {
    const UnitState now = state(unit);
    return now.unit_file_state == "masked" || (now.unit_file_state == "disabled" && with_service_errors([&] {
                                                   return !is_asked_for(unit_object(unit));
                                               }));
}

std::vector<SwitchedOffUnit> SystemdServiceManager::switched_off_units() {
    return with_service_errors([&] {
        std::map<std::string, LoadedUnit> loaded;
        for (const LoadedUnit &unit : loaded_units(bus_, {}))
            loaded.emplace(unit.name, unit);
        std::vector<SwitchedOffUnit> off;
        for (const auto &[name, file_state] : unit_files(bus_)) {
            if ((file_state != "disabled" && file_state != "masked") || is_template(name))
                continue;
            const auto found = loaded.find(name);
            const bool runs = found != loaded.end() && found->second.state.is_active();
            // Asked only where it matters: it takes several calls for each unit.
            if (runs && file_state == "disabled" && is_asked_for(found->second.object))
                continue;
            off.push_back({name, runs});
        }
        return off;
    });
}

bool SystemdServiceManager::is_asked_for(const partitions::base::BusTarget &unit) {
    for (const char *who : {"TriggeredBy", "WantedBy", "RequiredBy", "BoundBy"})
        if (!read_strings(bus_, unit, who).empty())
            return true;
    // A unit that the vendor leaves disabled may be started by whoever needs it, for example over the bus.
    return bus_.string_property(unit, "UnitFilePreset") != "enabled";
}

bool SystemdServiceManager::is_transient(const partitions::base::BusTarget &unit) {
    partitions::base::BusErrorHolder holder;
    int transient = 0;
    partitions::base::check_bus(sd_bus_get_property_trivial(bus_.get(), unit.service.c_str(),
                                                            unit.path.c_str(), unit.interface.c_str(),
                                                            "Transient", &holder.error, 'b', &transient),
                                "read Transient of " + unit.path);
    return transient != 0;
}

} // namespace updater::services
