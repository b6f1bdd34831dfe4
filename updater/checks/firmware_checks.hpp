// The checks before an installation, in their order: what they look at, and a finding for each. The rules
// themselves are in preconditions.hpp and its neighbours.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/checks/preconditions.hpp"
#include "updater/services/service_manager.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace updater::checks {

/// What the firmware would be installed on.
struct InstallTarget {
    const configuration::Appliance &appliance;
    firmware::Version running;
    std::function<std::optional<firmware::Version>()> least_version; ///< acceptable
    std::function<TargetPartition()> partition;
    FilesystemMeasures measures;
    /// See packages.hpp.
    std::function<std::set<std::string>(const std::vector<std::string> &)> installed_packages;
    /// See ports.hpp, check_ports(). Called only if the firmware needs ports.
    std::function<std::string(const firmware::Manifest &)> ports;
};

/// The appliance, whatever the firmware: free space and stores.
void check_appliance(const configuration::Appliance &appliance, const FilesystemMeasures &measures,
                     Findings &findings);

/// The services that the health gate would require. For an installation only: a download stops none.
void check_services_switched_on(const configuration::Services &configured, services::ServiceManager &services,
                                Findings &findings);

/// The firmware on this appliance: product, versions, conversions, packages, ports, partition,
/// space.
void check_firmware(const firmware::Manifest &manifest, const InstallTarget &target, Findings &findings);

} // namespace updater::checks
