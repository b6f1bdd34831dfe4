// Ports that the new version needs, and which units hold them now, by asking ss(8). Changes nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/services/service_manager.hpp"

#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::checks {

/// A socket that waits for connections or packets.
struct HeldPort {
    std::string protocol; ///< "tcp", "udp"
    unsigned number = 0;
    std::string holder; ///< the unit, "postfix@-.service"; "" if that is not known

    bool operator==(const HeldPort &) const = default;
};

/// ss could not be run; says why.
class PortsUnknown : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// All that is held on this machine. Throws PortsUnknown, HookRunnerError.
std::vector<HeldPort> held_ports(hooks::runner::HookRunner &programs, const std::stop_token &stop);

/// Each port that the firmware needs is free, or held by its own service or one that the upgrade stops.
/// Returns what was found. Throws Refused with each that is not, services::ServiceError.
std::string check_ports(const firmware::Manifest &manifest, const configuration::Services &stopped,
                        services::ServiceManager &services, const std::vector<HeldPort> &held);

} // namespace updater::checks
