#include "updater/network/stacked_links.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace updater::network {
namespace {

/// systemd.network(5), [Network]: the settings that name the link of a .netdev file.
constexpr std::array<std::string_view, 14> stacking{"VLAN",  "MACVLAN", "MACVTAP", "IPVLAN",        "IPVTAP",
                                                    "VXLAN", "Tunnel",  "Xfrm",    "L2TP",          "IPoIB",
                                                    "Bond",  "Bridge",  "VRF",     "BatmanAdvanced"};

std::string_view without_blanks(std::string_view text) {
    constexpr const char *blanks = " \t\r";
    const std::size_t begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace

std::vector<std::string> stacked_links(std::string_view network_file) {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(network_file)};
    bool in_network = false;
    for (std::string text; std::getline(stream, text);) {
        const std::string_view line = without_blanks(text);
        if (line.starts_with('['))
            in_network = line == "[Network]";
        const std::string_view name = without_blanks(line.substr(0, line.find('=')));
        if (in_network && line.find('=') != std::string_view::npos &&
            std::ranges::find(stacking, name) != stacking.end())
            lines.emplace_back(line);
    }
    return lines;
}

} // namespace updater::network
