// Parses systemd-networkd's description of one link: the JSON of org.freedesktop.network1.Link.Describe
// (tested with systemd 252 and 257). Asks nobody; systemd_network_state.cpp does.
#pragma once

#include "updater/network/address_pin.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace updater::network {

struct LinkDescription {
    int index = 0;
    std::string network_file; ///< the .network file it was configured with, or ""
    /// Usable addresses from networkd (not temporary, not link-local), and its routes except those that
    /// follow from the addresses.
    InterfaceAddresses configured;
};

/// Throws nlohmann::json::exception or std::runtime_error if the JSON is not such a description.
LinkDescription read_link_description(const nlohmann::json &description);

/// One readable line for each of `wanted` that is missing. Hardware is matched by its address, because the
/// new kernel may give it another name; VLANs, bonds and bridges by their name.
std::vector<std::string> find_missing(const std::vector<InterfaceAddresses> &wanted,
                                      const std::vector<LinkDescription> &links);

} // namespace updater::network
