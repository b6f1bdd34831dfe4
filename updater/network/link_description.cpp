#include "updater/network/link_description.hpp"

#include "updater/network/prefix.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace updater::network {
namespace {

using Json = nlohmann::json;

/// A member that is absent or null is an empty list.
Json list_member(const Json &object, const char *name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? Json::array() : *found;
}

/// A member that is absent or null is an empty text.
std::string text_member(const Json &object, const char *name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::string address_text(const Json &family, const Json &bytes) {
    const auto raw = bytes.get<std::vector<std::uint8_t>>();
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::size_t expected = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    if ((family != AF_INET && family != AF_INET6) || raw.size() != expected ||
        ::inet_ntop(family.get<int>(), raw.data(), text.data(), text.size()) == nullptr)
        throw std::runtime_error("systemd-networkd names an invalid address: " + bytes.dump());
    return text.data();
}

std::string hardware_address_text(const Json &object, const char *name) {
    std::string text;
    for (const Json &byte : list_member(object, name)) {
        std::array<char, 8> two_digits{};
        std::snprintf(two_digits.data(), two_digits.size(), "%s%02x", text.empty() ? "" : ":",
                      byte.get<unsigned>());
        text += two_digits.data();
    }
    return text;
}

bool is_automatic(const Json &object) {
    constexpr std::array<std::string_view, 4> sources{"DHCPv4", "DHCPv6", "DHCP-PD", "NDisc"};
    return std::find(sources.begin(), sources.end(), object.value("ConfigSource", "")) != sources.end();
}

/// Addresses and routes of other programs are theirs to restore.
bool is_networkds(const Json &object) {
    return is_automatic(object) || object.value("ConfigSource", "") == "static";
}

bool can_be_pinned(const Json &address) {
    constexpr unsigned unusable = IFA_F_TEMPORARY | IFA_F_TENTATIVE | IFA_F_DADFAILED;
    return is_networkds(address) && address.at("Scope") == RT_SCOPE_UNIVERSE &&
           (address.value("Flags", 0U) & unusable) == 0;
}

bool is_plain_route(const Json &route) {
    return is_networkds(route) && route.at("Type") == RTN_UNICAST && route.at("Table") == RT_TABLE_MAIN;
}

InterfaceRoute read_route(const Json &route) {
    InterfaceRoute result;
    result.destination = address_text(route.at("Family"), route.at("Destination")) + "/" +
                         std::to_string(route.at("DestinationPrefixLength").get<unsigned>());
    if (const auto gateway = route.find("Gateway"); gateway != route.end() && !gateway->is_null())
        result.gateway = address_text(route.at("Family"), *gateway);
    if (const auto metric = route.value("Priority", 0U); metric != 0)
        result.metric = metric;
    return result;
}

void read_routes(const Json &description, LinkDescription &link) {
    for (const Json &route : list_member(description, "Routes")) {
        if (!is_plain_route(route))
            continue;
        link.configured.automatic = link.configured.automatic || is_automatic(route);
        const InterfaceRoute found = read_route(route);
        // The kernel adds the route to an address' own network itself; it covers DHCP's routes to single
        // hosts in it (gateway, DNS servers).
        const bool follows =
            found.gateway.empty() && covered_by(found.destination, link.configured.addresses);
        if (!follows)
            link.configured.routes.push_back(found);
    }
}

/// A route without a metric matches any metric.
bool has_route(const std::vector<InterfaceRoute> &routes, const InterfaceRoute &wanted) {
    return std::any_of(routes.begin(), routes.end(), [&](const InterfaceRoute &one) {
        return one.destination == wanted.destination && one.gateway == wanted.gateway &&
               (!wanted.metric || one.metric == wanted.metric);
    });
}

/// systemd 257 gives an advertised default route a next hop object and leaves it out of "Routes". The
/// description has no metric for it, so the default of static routes is used.
void read_advertised_routers(const Json &description, LinkDescription &link) {
    for (const Json &hop : list_member(description, "NextHops")) {
        if (hop.value("ConfigSource", "") != "NDisc" || hop.value("Gateway", Json()).is_null())
            continue;
        const InterfaceRoute route{"::/0", address_text(hop.at("Family"), hop.at("Gateway")), std::nullopt};
        link.configured.automatic = true;
        if (!has_route(link.configured.routes, route))
            link.configured.routes.push_back(route);
    }
}

void read_names(const Json &description, InterfaceAddresses &configured) {
    for (const Json &server : list_member(description, "DNS")) {
        // Servers set at run time are lost after any restart.
        if (!is_networkds(server))
            continue;
        configured.automatic = configured.automatic || is_automatic(server);
        configured.dns.push_back(address_text(server.at("Family"), server.at("Address")));
    }
    for (const Json &domain : list_member(description, "SearchDomains"))
        configured.domains.push_back(domain.at("Domain"));
    for (const Json &domain : list_member(description, "RouteDomains"))
        configured.domains.push_back("~" + domain.at("Domain").get<std::string>());
}

bool is_same(const InterfaceAddresses &before, const InterfaceAddresses &now) {
    if (before.kind != now.kind)
        return false;
    if (!before.kind.empty())
        return before.name == now.name;
    if (!before.permanent_mac.empty())
        return before.permanent_mac == now.permanent_mac;
    return before.mac.empty() ? before.name == now.name : before.mac == now.mac;
}

template <typename Value> bool contains(const std::vector<Value> &values, const Value &value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

} // namespace

LinkDescription read_link_description(const Json &description) {
    LinkDescription link;
    link.index = description.at("Index");
    link.network_file = description.value("NetworkFile", "");
    InterfaceAddresses &configured = link.configured;
    configured.name = description.at("Name");
    configured.mac = hardware_address_text(description, "HardwareAddress");
    configured.permanent_mac = hardware_address_text(description, "PermanentHardwareAddress");
    configured.kind = text_member(description, "Kind");
    configured.automatic = false;
    configured.mtu = description.value("MTU", 0U);
    for (const Json &address : list_member(description, "Addresses")) {
        link.configured.automatic = link.configured.automatic || is_automatic(address);
        if (can_be_pinned(address))
            configured.addresses.push_back(
                {address_text(address.at("Family"), address.at("Address")), address.at("PrefixLength")});
    }
    read_routes(description, link);
    read_advertised_routers(description, link);
    read_names(description, configured);
    return link;
}

std::vector<std::string> find_missing(const std::vector<InterfaceAddresses> &wanted,
                                      const std::vector<LinkDescription> &links) {
    std::vector<std::string> missing;
    for (const InterfaceAddresses &before : wanted) {
        const auto link = std::find_if(links.begin(), links.end(), [&](const LinkDescription &one) {
            return is_same(before, one.configured);
        });
        if (link == links.end()) {
            missing.push_back("the interface " + before.name + " (" + before.mac + ") is not there");
            continue;
        }
        for (const InterfaceAddress &address : before.addresses)
            if (!contains(link->configured.addresses, address))
                missing.push_back(before.name + " lacks the address " + address.address + "/" +
                                  std::to_string(address.prefix));
        for (const InterfaceRoute &route : before.routes)
            if (!has_route(link->configured.routes, route))
                missing.push_back(before.name + " lacks the route to " + route.destination +
                                  (route.gateway.empty() ? "" : " by " + route.gateway));
        for (const std::string &server : before.dns)
            if (!contains(link->configured.dns, server))
                missing.push_back(before.name + " lacks the DNS server " + server);
    }
    return missing;
}

} // namespace updater::network
