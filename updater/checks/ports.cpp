#include "updater/checks/ports.hpp"

#include "updater/refusal.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>

namespace updater::checks {

namespace {

constexpr std::string_view cgroup_begins = "cgroup:";
/// More sockets than an appliance has; what is beyond is not kept.
constexpr std::size_t max_sockets = 10000;

std::optional<unsigned> port_of(const std::string &address) {
    const std::size_t colon = address.rfind(':');
    unsigned number = 0;
    if (colon == std::string::npos)
        return std::nullopt;
    const char *const end = address.data() + address.size();
    const auto read = std::from_chars(address.data() + colon + 1, end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

/// The last unit in a path of control groups; "" for none, as of the kernel or another container.
std::string unit_of_cgroup(std::string_view cgroup) {
    std::string unit;
    for (std::size_t begin = 0; begin < cgroup.size();) {
        const std::size_t end = std::min(cgroup.find('/', begin), cgroup.size());
        const std::string_view name = cgroup.substr(begin, end - begin);
        if (name.ends_with(".service") || name.ends_with(".scope") || name.ends_with(".socket"))
            unit = name;
        begin = end + 1;
    }
    return unit;
}

/// "tcp LISTEN 0 100 0.0.0.0:25 0.0.0.0:* cgroup:/system.slice/x.service …"; nothing for any other line.
std::optional<HeldPort> held_port_in(std::string_view line) {
    std::istringstream words{std::string(line)};
    HeldPort port;
    std::string state;
    std::string queue;
    std::string address;
    std::string peer;
    if (!(words >> port.protocol >> state >> queue >> queue >> address >> peer) ||
        (port.protocol != "tcp" && port.protocol != "udp"))
        return std::nullopt;
    const auto number = port_of(address);
    if (!number)
        return std::nullopt;
    port.number = *number;
    for (std::string word; words >> word;)
        if (word.starts_with(cgroup_begins))
            port.holder = unit_of_cgroup(std::string_view(word).substr(cgroup_begins.size()));
    return port;
}

/// With their instances, such as postfix@-.service.
std::set<std::string> stopped_units(const configuration::Services &stopped,
                                    services::ServiceManager &services) {
    std::set<std::string> units;
    for (const configuration::ServiceUnit &unit : stopped.units) {
        units.insert(unit.name);
        for (const std::string &part : services.parts(unit.name))
            units.insert(part);
    }
    return units;
}

std::string name_of_port(const std::string &protocol, unsigned number) {
    return protocol + " port " + std::to_string(number);
}

} // namespace

std::vector<HeldPort> held_ports(hooks::runner::HookRunner &programs, const std::stop_token &stop) {
    hooks::runner::HookCall call;
    call.program = "/usr/bin/ss";
    call.arguments = {"--no-header", "--listening", "--numeric", "--tcp", "--udp", "--cgroup"};
    call.environment = {{"LC_ALL", "C.UTF-8"}};
    call.time_limit = std::chrono::seconds(10);
    call.private_network = false;
    call.capabilities =
        hooks::runner::capabilities_for_looking; // names of control groups are looked up by handle
    std::vector<HeldPort> ports;
    const auto result = programs.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            if (auto port = held_port_in(line); port && ports.size() < max_sockets)
                ports.push_back(std::move(*port));
        },
        stop);
    if (result.exit_code != 0)
        throw PortsUnknown("the ports in use cannot be read: " + call.program.string() + " " + result.reason);
    return ports;
}

std::string check_ports(const firmware::Manifest &manifest, const configuration::Services &stopped,
                        services::ServiceManager &services, const std::vector<HeldPort> &held) {
    const auto known = stopped_units(stopped, services);
    std::string good;
    std::string taken;
    std::string see;
    for (const firmware::PortRequirement &needed : manifest.required_ports) {
        std::set<std::string> holders;
        const bool own_runs = known.contains(needed.service) && services.state(needed.service).is_active();
        for (const HeldPort &port : held)
            if (port.number == needed.number && port.protocol == needed.protocol &&
                port.holder != needed.service && !known.contains(port.holder) &&
                // An unknown holder is taken for the service itself if that one runs.
                !(port.holder.empty() && own_runs))
                holders.insert(port.holder.empty() ? "an unknown process" : port.holder);
        const std::string port = name_of_port(needed.protocol, needed.number);
        if (holders.empty()) {
            good += (good.empty() ? "" : ", ") + port + " for " + needed.service;
            continue;
        }
        for (const std::string &holder : holders)
            taken += (taken.empty() ? "" : "; ") + port + ", which " + needed.service +
                     " needs, is held by " + holder;
        see += (see.empty() ? "" : "; ") + std::string("ss -lnp --") + needed.protocol +
               " 'sport = :" + std::to_string(needed.number) + "'";
    }
    if (!taken.empty())
        throw Refused(taken, "Stop what holds it or give it another port. See who it is: " + see,
                      messages::Code::check_ports);
    return "free, or held by what the upgrade stops: " + good;
}

} // namespace updater::checks
