// Who listens at a TCP port of this machine, as the kernel knows it. Connects to nobody.
#pragma once

#include "updater/network/greeting_probe.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace updater::network {

/// Where a server that listens at `port` can be reached from this machine: a wildcard address is reached
/// through loopback. Link-local addresses are left out, since the kernel's list lacks their zone.
/// @param tables  folder of the kernel's lists. Throws NetworkError.
std::vector<Endpoint> listeners_at(std::uint16_t port, const std::filesystem::path &tables = "/proc/net");

/// An address at which a server listens, as it is reached from this machine: "0.0.0.0" becomes "127.0.0.1".
std::string reachable_address(std::string_view address);

} // namespace updater::network
