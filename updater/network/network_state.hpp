// The running state of the network, and taking pinned addresses off again.
#pragma once

#include "updater/network/address_pin.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace updater::network {

class NetworkError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class NetworkState {
  public:
    virtual ~NetworkState() = default;

    /// All interfaces with addresses that the network's configuration gave them, static ones or by DHCPv4,
    /// DHCPv6 or router advertisement, as they run now. Throws NetworkError.
    virtual std::vector<InterfaceAddresses> interfaces() = 0;
    /// Which of these addresses, routes and DNS servers are not up, a readable line each ("ens3 lacks
    /// 192.0.2.7/24"); empty: all are. An address that is still checked for duplicates counts as not up.
    /// Throws NetworkError.
    virtual std::vector<std::string> missing_addresses(const std::vector<InterfaceAddresses> &wanted) = 0;
    bool has_addresses(const std::vector<InterfaceAddresses> &wanted) {
        return missing_addresses(wanted).empty();
    }
    /// Makes changed .network files take effect on every interface they concern. Throws NetworkError.
    virtual void reload() = 0;
    /// Removes the pins from /run/systemd/network and reconfigures their interfaces, so that DHCP comes back.
    /// The durable ones of the generation are the caller's, to be removed before this. Nothing to do without
    /// pins. Throws NetworkError.
    virtual void unpin() = 0;
};

} // namespace updater::network
