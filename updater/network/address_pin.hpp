// The addresses of an interface, and the static systemd.network(5) file that keeps those from DHCP or router
// advertisement over the restart. Plain data and text; network_state.hpp reads the running state.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace updater::network {

struct InterfaceAddress {
    std::string address; ///< "192.0.2.7" or "2001:db8::7"
    unsigned prefix = 0; ///< length in bits
    bool operator==(const InterfaceAddress &) const = default;
};

struct InterfaceRoute {
    std::string destination; ///< "0.0.0.0/0", "::/0", "198.51.100.0/24"
    std::string gateway;     ///< empty: on the link itself
    std::optional<std::uint32_t> metric;
    bool operator==(const InterfaceRoute &) const = default;
};

struct InterfaceAddresses {
    std::string name;                        ///< "ens3"
    std::string mac;                         ///< as the interface has it now, "52:54:00:12:34:56"
    std::string permanent_mac;               ///< as the hardware has it; empty if the driver does not say
    std::string kind;                        ///< "vlan", "bond", "bridge"; empty: hardware
    bool automatic = true;                   ///< part of it comes from DHCP or router advertisement
    std::uint32_t mtu = 0;                   ///< bytes
    std::vector<InterfaceAddress> addresses; ///< no link-local, no temporary ones
    std::vector<InterfaceRoute> routes;
    std::vector<std::string> dns;
    std::vector<std::string> domains;
    std::vector<std::string> stacked; ///< settings for the links on top of it, such as "VLAN=vlan10"
    bool operator==(const InterfaceAddresses &) const = default;
};

inline constexpr const char *pin_file_prefix = "00-update-control-pin-";

/// "00-update-control-pin-ens3.network": sorts before all others, because networkd uses the first file that
/// matches.
std::string pinned_network_file_name(const InterfaceAddresses &interface);
/// The text of this file. Throws std::invalid_argument if a value holds a blank, a control character or a
/// '%'.
std::string pinned_network_file(const InterfaceAddresses &interface);

/// {"name","mac","permanent_mac","kind","automatic","mtu","addresses":[{"address","prefix"}],"routes":[{"destination","gateway","metric"}],
///  "dns","domains","stacked"}; the journal holds an array of them. "kind", "stacked" and
/// "automatic" may be absent: earlier updaters recorded only automatic addresses.
void to_json(nlohmann::json &json, const InterfaceAddresses &interface);
void from_json(const nlohmann::json &json, InterfaceAddresses &interface);

} // namespace updater::network
