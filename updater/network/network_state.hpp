// Interface: the running state of the network, and removing pinned addresses.
#pragma once

#include "updater/messages/coded.hpp"
#include "updater/network/address_pin.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace updater::network {

class NetworkError : public std::runtime_error, public messages::CodeIs<messages::Code::network_failed> {
  public:
    using std::runtime_error::runtime_error;
};

class NetworkState {
  public:
    virtual ~NetworkState() = default;

    /// All interfaces with addresses from the network's configuration (static, DHCPv4, DHCPv6 or router
    /// advertisement), as they run now. Throws NetworkError.
    virtual std::vector<InterfaceAddresses> interfaces() = 0;
    /// Which of these addresses, routes and DNS servers are not up, a readable line each ("ens3 lacks
    /// 192.0.2.7/24"); empty: all are. An address still in duplicate address detection is not up.
    /// Throws NetworkError.
    virtual std::vector<std::string> missing_addresses(const std::vector<InterfaceAddresses> &wanted) = 0;
    bool has_addresses(const std::vector<InterfaceAddresses> &wanted) {
        return missing_addresses(wanted).empty();
    }
    /// Applies changed .network files to all interfaces that they match. Throws NetworkError.
    virtual void reload() = 0;
    /// Removes the pins from /run/systemd/network and reconfigures their interfaces, so that DHCP takes over
    /// again. The caller removes the generation's durable pins before. Does nothing without pins. Throws
    /// NetworkError.
    virtual void unpin() = 0;
};

} // namespace updater::network
