#include "updater/network/address_pin.hpp"

#include "updater/network/prefix.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace updater::network {
namespace {

/// These texts come from a DHCP server: none may add a setting to the file.
std::string setting(const char *name, const std::string &value) {
    for (const char byte : value)
        if (static_cast<unsigned char>(byte) <= ' ' || byte == 0x7f || byte == '%')
            throw std::invalid_argument("\"" + value + "\" cannot be pinned as " + name +
                                        "=: it has a blank, a control character or a % in it");
    return std::string(name) + "=" + value + "\n";
}

std::string match_section(const InterfaceAddresses &interface) {
    // By hardware address: the new system may give the interface another name. The permanent address if there
    // is one, because VLANs and bridges may share the other.
    std::string text = "[Match]\n";
    // A VLAN has the hardware address of the interface below it; its name comes from the configuration.
    if (!interface.kind.empty())
        return text + setting("Name", interface.name) + setting("Kind", interface.kind);
    if (!interface.permanent_mac.empty())
        return text + setting("PermanentMACAddress", interface.permanent_mac);
    if (!interface.mac.empty())
        return text + setting("MACAddress", interface.mac) + "Kind=!*\n"; // not a VLAN on it
    return text + setting("Name", interface.name);
}

std::string route_section(const InterfaceRoute &route, const InterfaceAddresses &interface) {
    std::string text = "\n[Route]\n" + setting("Destination", route.destination);
    if (route.gateway.empty()) {
        text += is_ipv6(route.destination.substr(0, route.destination.find('/'))) ? "" : "Scope=link\n";
    } else {
        text += setting("Gateway", route.gateway);
        // Clouds assign /32 addresses with a gateway outside of them; the kernel refuses that without this
        // setting.
        const bool link_local = is_ipv6(route.gateway) && covered_by(route.gateway, {{"fe80::", 10}});
        if (!link_local && !covered_by(route.gateway, interface.addresses))
            text += "GatewayOnLink=yes\n";
    }
    if (route.metric)
        text += "Metric=" + std::to_string(*route.metric) + "\n";
    return text;
}

} // namespace

std::string pinned_network_file_name(const InterfaceAddresses &interface) {
    if (interface.name.empty() || interface.name.find('/') != std::string::npos)
        throw std::invalid_argument("\"" + interface.name + "\" is not the name of an interface");
    return pin_file_prefix + interface.name + ".network";
}

std::string pinned_network_file(const InterfaceAddresses &interface) {
    std::string text =
        "# Made by update-control: the addresses from before the restart, as static ones. Removed when\n"
        "# the upgrade is over.\n" +
        match_section(interface);
    if (interface.mtu != 0)
        text += "\n[Link]\nMTUBytes=" + std::to_string(interface.mtu) + "\n";
    text += "\n[Network]\nDHCP=no\nIPv6AcceptRA=no\n";
    // This file replaces the one that names the links on top of the interface, so it must name them too.
    for (const std::string &line : interface.stacked)
        text += line + "\n";
    for (const InterfaceAddress &address : interface.addresses)
        text += setting("Address", address.address + "/" + std::to_string(address.prefix));
    for (const std::string &server : interface.dns)
        text += setting("DNS", server);
    for (const std::string &domain : interface.domains)
        text += setting("Domains", domain);
    // Routes on the link first: a gateway may only be reachable through one of them.
    for (const bool with_gateway : {false, true})
        for (const InterfaceRoute &route : interface.routes)
            if (route.gateway.empty() != with_gateway)
                text += route_section(route, interface);
    return text;
}

void to_json(nlohmann::json &json, const InterfaceAddresses &interface) {
    json = {{"name", interface.name},
            {"mac", interface.mac},
            {"permanent_mac", interface.permanent_mac},
            {"kind", interface.kind},
            {"automatic", interface.automatic},
            {"mtu", interface.mtu},
            {"addresses", nlohmann::json::array()},
            {"routes", nlohmann::json::array()},
            {"dns", interface.dns},
            {"domains", interface.domains},
            {"stacked", interface.stacked}};
    for (const InterfaceAddress &address : interface.addresses)
        json["addresses"].push_back({{"address", address.address}, {"prefix", address.prefix}});
    for (const InterfaceRoute &route : interface.routes)
        json["routes"].push_back(
            {{"destination", route.destination},
             {"gateway", route.gateway},
             {"metric", route.metric ? nlohmann::json(*route.metric) : nlohmann::json()}});
}

void from_json(const nlohmann::json &json, InterfaceAddresses &interface) {
    interface = {};
    interface.name = json.at("name");
    interface.mac = json.at("mac");
    interface.permanent_mac = json.at("permanent_mac");
    interface.kind = json.value("kind", "");
    interface.automatic = json.value("automatic", true);
    interface.mtu = json.at("mtu");
    for (const nlohmann::json &address : json.at("addresses"))
        interface.addresses.push_back({address.at("address"), address.at("prefix")});
    for (const nlohmann::json &route : json.at("routes")) {
        InterfaceRoute one{route.at("destination"), route.at("gateway"), std::nullopt};
        if (!route.at("metric").is_null())
            one.metric = route.at("metric").get<std::uint32_t>();
        interface.routes.push_back(std::move(one));
    }
    interface.dns = json.at("dns").get<std::vector<std::string>>();
    interface.domains = json.at("domains").get<std::vector<std::string>>();
    interface.stacked = json.value("stacked", std::vector<std::string>());
}

} // namespace updater::network
