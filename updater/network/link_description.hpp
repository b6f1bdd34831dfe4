// Reads what systemd-networkd says of one link: the JSON of org.freedesktop.network1.Link.Describe (checked
// with systemd 252 and 257). Pure; asking for it is done elsewhere.
#pragma once

#include "updater/network/address_pin.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace updater::network {

struct LinkDescription {
    int index = 0;
    std::string network_file; ///< the .network file it was configured with, or ""
    /// Addresses that networkd configured (not temporary, not link-local) and that can be used now; routes it
    /// configured, except those that follow from the addresses.
    InterfaceAddresses configured;
};

/// Throws nlohmann::json::exception or std::runtime_error when it is not such a description.
LinkDescription read_link_description(const nlohmann::json &description);

/// Which of `wanted` is not there, a readable line each. Hardware is found by its address, since the new
/// system's kernel may give another name; VLANs, bonds and bridges by their name.
std::vector<std::string> find_missing(const std::vector<InterfaceAddresses> &wanted,
                                      const std::vector<LinkDescription> &links);

} // namespace updater::network
