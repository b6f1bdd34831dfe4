// What of a systemd.network(5) file says which links stand on an interface: a pin that takes the file's place
// has to say it, too, or VLANs and the like would not be made. Pure; finding the file is done elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace updater::network {

/// The lines of the file's [Network] sections that name other links ("VLAN=vlan10", "Bond=bond0"), as they
/// stand there.
std::vector<std::string> stacked_links(std::string_view network_file);

} // namespace updater::network
