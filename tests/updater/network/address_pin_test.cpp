// The static file that keeps an address over the restart.
#include "updater/network/address_pin.hpp"
#include "updater/network/prefix.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::network;

TEST_GROUP(AddressPin) {
    InterfaceAddresses interface;

    void setup() override {
        interface.name = "ens3";
        interface.mac = "52:54:00:12:34:56";
        interface.permanent_mac = "52:54:00:12:34:56";
        interface.mtu = 1450;
        interface.addresses = {{"192.0.2.7", 24}, {"2001:db8::7", 64}};
        interface.routes = {{"0.0.0.0/0", "192.0.2.1", 1024},
                            {"::/0", "fe80::1", std::nullopt},
                            {"198.51.100.0/24", "192.0.2.2", std::nullopt}};
        interface.dns = {"192.0.2.53", "2001:db8::53"};
        interface.domains = {"lan.test", "~corp.test"};
    }
    bool file_has(const char *text) {
        return pinned_network_file(interface).find(text) != std::string::npos;
    }
};

TEST(AddressPin, the_file_comes_before_all_others) {
    STRCMP_EQUAL("00-update-control-pin-ens3.network", pinned_network_file_name(interface).c_str());
}

TEST(AddressPin, the_file_holds_addresses_routes_names_and_mtu_and_turns_dhcp_off) {
    STRCMP_EQUAL(
        "# Made by update-control: the addresses from before the restart, as static ones. Removed when\n"
        "# the upgrade is over.\n"
        "[Match]\nPermanentMACAddress=52:54:00:12:34:56\n"
        "\n[Link]\nMTUBytes=1450\n"
        "\n[Network]\nDHCP=no\nIPv6AcceptRA=no\n"
        "Address=192.0.2.7/24\nAddress=2001:db8::7/64\n"
        "DNS=192.0.2.53\nDNS=2001:db8::53\nDomains=lan.test\nDomains=~corp.test\n"
        "\n[Route]\nDestination=0.0.0.0/0\nGateway=192.0.2.1\nMetric=1024\n"
        "\n[Route]\nDestination=::/0\nGateway=fe80::1\n"
        "\n[Route]\nDestination=198.51.100.0/24\nGateway=192.0.2.2\n",
        pinned_network_file(interface).c_str());
}

TEST(AddressPin, the_interface_is_found_by_the_best_it_has) {
    interface.permanent_mac.clear();
    CHECK(file_has("[Match]\nMACAddress=52:54:00:12:34:56\n"));
    interface.mac.clear();
    CHECK(file_has("[Match]\nName=ens3\n"));
}

TEST(AddressPin, a_vlan_is_found_by_its_name_as_it_has_the_address_of_the_interface_below_it) {
    interface.kind = "vlan";
    CHECK(file_has("[Match]\nName=ens3\nKind=vlan\n"));
}

TEST(AddressPin, what_an_updater_wrote_that_knew_hardware_alone_is_read) {
    nlohmann::json written = interface;
    written.erase("kind");
    written.erase("automatic");
    CHECK(written.get<InterfaceAddresses>() == interface);
}

TEST(AddressPin, a_gateway_that_no_address_reaches_is_reached_on_the_link) {
    CHECK_FALSE(file_has("GatewayOnLink"));
    interface.addresses = {{"192.0.2.7", 32}};
    interface.routes = {{"0.0.0.0/0", "192.0.2.1", std::nullopt}, {"192.0.2.1/32", "", std::nullopt}};
    CHECK(file_has("\n[Route]\nDestination=192.0.2.1/32\nScope=link\n"
                   "\n[Route]\nDestination=0.0.0.0/0\nGateway=192.0.2.1\nGatewayOnLink=yes\n"));
}

TEST(AddressPin, nothing_that_a_dhcp_server_says_brings_a_setting_of_its_own) {
    for (const char *domain : {"lan.test\nDHCP=yes", "a b", "%H", "a\tb", "\x7f"}) {
        interface.domains = {domain};
        CHECK_THROWS(std::invalid_argument, pinned_network_file(interface));
    }
    interface.name = "../../etc/x";
    CHECK_THROWS(std::invalid_argument, pinned_network_file_name(interface));
}

TEST(AddressPin, reaches_the_new_system_through_the_journal) {
    const std::vector<InterfaceAddresses> all{interface, InterfaceAddresses{}};
    const std::string journal = nlohmann::json(all).dump();
    CHECK(nlohmann::json::parse(journal).get<std::vector<InterfaceAddresses>>() == all);
}

TEST_GROUP(Prefix){};

TEST(Prefix, says_what_lies_in_a_network) {
    struct Case {
        const char *network;
        const char *address;
        unsigned prefix;
        bool covered;
    };
    const std::vector<Case> cases = {
        {"192.0.2.1/32", "192.0.2.7", 24, true},    {"192.0.2.1", "192.0.2.7", 24, true},
        {"192.0.2.0/24", "192.0.2.7", 24, true},    {"192.0.2.0/23", "192.0.2.7", 24, false},
        {"192.0.3.1/32", "192.0.2.7", 24, false},   {"192.0.2.130/32", "192.0.2.7", 25, false},
        {"0.0.0.0/0", "192.0.2.7", 24, false},      {"0.0.0.0/0", "192.0.2.7", 0, true},
        {"2001:db8::/64", "2001:db8::7", 64, true}, {"2001:db8:0:1::/64", "2001:db8::7", 64, false},
        {"2001:db8::1/128", "192.0.2.7", 0, false},
    };
    for (const Case &one : cases)
        CHECK_TEXT(covered_by(one.network, {{one.address, one.prefix}}) == one.covered, one.network);
}

TEST(Prefix, what_is_no_network_is_an_error) {
    for (const char *text :
         {"", "192.0.2", "192.0.2.1/33", "2001:db8::/129", "192.0.2.1/", "192.0.2.1/2x", "x/8"})
        CHECK_THROWS(std::invalid_argument, covered_by(text, {}));
}
