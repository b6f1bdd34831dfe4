// Whether one IP network lies within another. Only arithmetic on addresses.
#pragma once

#include "updater/network/address_pin.hpp"

#include <string>
#include <vector>

namespace updater::network {

/// Whether `network` ("192.0.2.0/24", "192.0.2.1/32", or without a length: one host) lies in the network of
/// one of `addresses`. Throws std::invalid_argument if it is no network.
bool covered_by(const std::string &network, const std::vector<InterfaceAddress> &addresses);

/// Whether the text is an IPv6 address; throws std::invalid_argument if it is no IP address.
bool is_ipv6(const std::string &address);

} // namespace updater::network
