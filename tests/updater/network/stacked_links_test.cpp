// What stands on an interface, according to its .network file.
#include "updater/network/address_pin.hpp"
#include "updater/network/stacked_links.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::network;
using Lines = std::vector<std::string>;

TEST_GROUP(StackedLinks){};

TEST(StackedLinks, are_named_in_the_network_section) {
    CHECK((stacked_links("[Match]\nName=ens3\nBond=no-such\n[Network]\nDHCP=yes\n VLAN=vlan10\r\nVLAN = "
                         "vlan20\n# VLAN=off\n"
                         "Address=192.0.2.7/24\nMACVLAN=m\n[Route]\nVLAN=x\n[Network]\nTunnel=t") ==
           Lines{"VLAN=vlan10", "VLAN = vlan20", "MACVLAN=m", "Tunnel=t"}));
    CHECK(stacked_links("").empty());
    CHECK(stacked_links("[Network]\nVLAN\n=vlan\n").empty());
}

TEST(StackedLinks, are_made_by_the_pin_of_the_interface_below_them) {
    InterfaceAddresses interface;
    interface.name = "ens3";
    interface.mac = "52:54:00:12:34:56";
    interface.stacked = {"VLAN=vlan10"};
    const std::string file = pinned_network_file(interface);
    STRCMP_CONTAINS("[Match]\nMACAddress=52:54:00:12:34:56\nKind=!*\n", file.c_str());
    STRCMP_CONTAINS("[Network]\nDHCP=no\nIPv6AcceptRA=no\nVLAN=vlan10\n", file.c_str());
}
