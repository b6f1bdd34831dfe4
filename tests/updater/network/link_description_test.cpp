// What is pinned of what systemd-networkd says about an interface. The descriptions were recorded on an
// interface with DHCPv4 and router advertisements, under Debian 12 (systemd 252) and Debian 13 (257).
#include "test_data.hpp"
#include "updater/network/link_description.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::network;
using Json = nlohmann::json;
using Strings = std::vector<std::string>;

namespace {

Json recorded(const std::string &systemd_version) {
    std::ifstream file(std::string(TEST_DATA_FOLDER) + "/describe-systemd-" + systemd_version + ".json");
    return Json::parse(file);
}

InterfaceAddresses configured(const Json &description) {
    return read_link_description(description).configured;
}

/// networkd tells addresses and routes in no order of its own.
InterfaceAddresses in_order(InterfaceAddresses interface) {
    std::ranges::sort(interface.addresses, {}, &InterfaceAddress::address);
    std::ranges::sort(interface.routes, {}, &InterfaceRoute::gateway);
    return interface;
}

Json &entry(Json &description, const char *list, const char *source, int family) {
    for (Json &one : description.at(list))
        if (one.at("ConfigSource") == source && one.at("Family") == family)
            return one;
    throw std::runtime_error("no such entry in the recording");
}

} // namespace

TEST_GROUP(LinkDescription){};

TEST(LinkDescription, of_systemd252_is_read_whole) {
    const LinkDescription link = read_link_description(recorded("252"));
    CHECK(link.configured.automatic);
    STRCMP_EQUAL("/etc/systemd/network/50-client.network", link.network_file.c_str());
    InterfaceAddresses expected;
    expected.name = "veth-c";
    expected.mac = "3e:3a:9e:bf:2a:18";
    expected.kind = "veth";
    expected.mtu = 1400;
    expected.addresses = {{"2001:db8:5:0:3c3a:9eff:febf:2a18", 64}, {"192.0.2.65", 24}};
    expected.routes = {{"::/0", "fe80::28ef:75ff:fe8e:2428", 1024}, {"0.0.0.0/0", "192.0.2.254", 1024}};
    expected.dns = {"192.0.2.1", "192.0.2.2", "2001:db8:5::1"};
    expected.domains = {"lan.test"};
    CHECK(in_order(link.configured) == in_order(expected));
}

TEST(LinkDescription, of_systemd257_tells_the_advertised_router_elsewhere) {
    const InterfaceAddresses found = configured(recorded("257"));
    CHECK((found.addresses ==
           std::vector<InterfaceAddress>{{"2001:db8:5:0:44fe:67ff:feef:7536", 64}, {"192.0.2.86", 24}}));
    CHECK((found.routes == std::vector<InterfaceRoute>{{"0.0.0.0/0", "192.0.2.254", 1024},
                                                       {"::/0", "fe80::8cb4:e7ff:fe71:948d", std::nullopt}}));
    CHECK((found.dns == Strings{"192.0.2.1", "192.0.2.2", "2001:db8:5::1"}));
}

TEST(LinkDescription, addresses_that_cannot_be_used_yet_or_pass_are_not_there) {
    for (const unsigned flag : {0x01U /* temporary */, 0x40U /* tentative */, 0x08U /* duplicate found */}) {
        Json description = recorded("252");
        entry(description, "Addresses", "DHCPv4", 2)["Flags"] = flag;
        LONGS_EQUAL_TEXT(1, configured(description).addresses.size(), std::to_string(flag).c_str());
    }
}

TEST(LinkDescription, addresses_of_other_programs_are_theirs) {
    Json description = recorded("252");
    entry(description, "Addresses", "DHCPv4", 2)["ConfigSource"] = "foreign";
    LONGS_EQUAL(1, configured(description).addresses.size());
}

TEST(LinkDescription, static_addresses_beside_dhcp_are_kept_too) {
    // The pin takes the place of the whole .network file, so what that one says must be in it.
    Json description = recorded("252");
    Json added = entry(description, "Addresses", "DHCPv4", 2);
    added["ConfigSource"] = "static";
    added["Address"] = {198, 51, 100, 7};
    description["Addresses"].push_back(added);
    CHECK((configured(description).addresses.back() == InterfaceAddress{"198.51.100.7", 24}));
}

TEST(LinkDescription, an_interface_without_anything_automatic_is_not_automatic) {
    Json description = recorded("252");
    for (const char *list : {"Addresses", "Routes", "DNS"})
        for (Json &one : description[list])
            one["ConfigSource"] = "static";
    CHECK_FALSE(configured(description).automatic);
}

TEST(LinkDescription, a_dns_server_that_was_set_at_run_time_is_not_expected_after_a_restart) {
    Json description = recorded("252");
    for (Json &one : description["DNS"])
        one["ConfigSource"] = "runtime";
    CHECK(configured(description).dns.empty());
}

TEST(LinkDescription, a_route_to_a_gateway_outside_of_all_networks_is_kept) {
    Json description = recorded("252");
    entry(description, "Addresses", "DHCPv4", 2)["PrefixLength"] = 32;
    const InterfaceAddresses found = configured(description);
    const InterfaceRoute to_gateway{"192.0.2.254/32", "", 1024};
    CHECK(std::find(found.routes.begin(), found.routes.end(), to_gateway) != found.routes.end());
}

TEST(LinkDescription, the_permanent_hardware_address_is_read_where_there_is_one) {
    Json description = recorded("252");
    description["PermanentHardwareAddress"] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    STRCMP_EQUAL("52:54:00:12:34:56", configured(description).permanent_mac.c_str());
}

TEST(LinkDescription, anything_else_is_an_error) {
    CHECK_THROWS(Json::exception, read_link_description(Json::object()));
    Json description = recorded("252");
    entry(description, "Addresses", "DHCPv4", 2)["Address"] = {1, 2, 3};
    CHECK_THROWS(std::runtime_error, read_link_description(description));
}

TEST_GROUP(MissingAddresses) {
    LinkDescription link = read_link_description(recorded("252"));
    std::vector<InterfaceAddresses> pinned{link.configured};

    Strings missing() {
        return find_missing(pinned, {link});
    }
};

TEST(MissingAddresses, are_none_when_all_is_there) {
    CHECK(missing().empty());
}

TEST(MissingAddresses, are_found_under_another_name_of_the_interface) {
    link.configured.kind.clear();
    pinned[0].kind.clear();
    link.configured.name = "enp0s3";
    CHECK(missing().empty());
}

TEST(MissingAddresses,
     of_a_vlan_are_not_those_of_the_interface_below_it_although_both_have_one_hardware_address) {
    LinkDescription below = link;
    below.configured.kind.clear();
    below.configured.name = "enp0s3";
    link.configured.kind = "vlan";
    pinned = {link.configured};
    CHECK(find_missing(pinned, {below, link}).empty());
    CHECK((find_missing(pinned, {below}) ==
           Strings{"the interface " + link.configured.name + " (" + link.configured.mac + ") is not there"}));
}

TEST(MissingAddresses, of_a_bridge_are_found_under_another_hardware_address) {
    link.configured.kind = "bridge";
    pinned = {link.configured};
    link.configured.mac = "52:54:00:00:00:99";
    CHECK(missing().empty());
}

TEST(MissingAddresses, and_dns_servers_are_named) {
    pinned[0].dns = {"192.0.2.99"};
    CHECK((missing() == Strings{"veth-c lacks the DNS server 192.0.2.99"}));
}

TEST(MissingAddresses, are_each_named) {
    std::erase(link.configured.addresses, InterfaceAddress{"192.0.2.65", 24});
    std::erase_if(link.configured.routes,
                  [](const InterfaceRoute &route) { return route.gateway == "192.0.2.254"; });
    CHECK((missing() == Strings{"veth-c lacks the address 192.0.2.65/24",
                                "veth-c lacks the route to 0.0.0.0/0 by 192.0.2.254"}));
}

TEST(MissingAddresses, a_route_of_unknown_metric_may_have_any) {
    for (InterfaceRoute &route : pinned[0].routes)
        route.metric.reset();
    CHECK(missing().empty());
}

TEST(MissingAddresses, another_metric_or_prefix_is_not_what_was_pinned) {
    pinned[0].routes[0].metric = 7;
    pinned[0].addresses[0].prefix = 56;
    LONGS_EQUAL(2, missing().size());
}

TEST(MissingAddresses, an_interface_that_is_gone_is_named) {
    link.configured.kind.clear();
    pinned[0].kind.clear();
    link.configured.mac = "00:00:00:00:00:01";
    CHECK((missing() == Strings{"the interface veth-c (3e:3a:9e:bf:2a:18) is not there"}));
}
