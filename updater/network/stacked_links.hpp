// The settings of a systemd.network(5) file that name links on top of an interface: a pin that replaces the
// file must repeat them, or VLANs and the like would not be created. Only parses; finds no file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace updater::network {

/// The lines of the file's [Network] sections that name other links ("VLAN=vlan10", "Bond=bond0"), unchanged.
std::vector<std::string> stacked_links(std::string_view network_file);

} // namespace updater::network
