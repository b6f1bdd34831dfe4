// What the state of the machine means for an upgrade: boot loader, units that have failed, the system that
// the upgrade replaces. Looks only.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/slot.hpp"
#include "updater/checks/finding.hpp"
#include "updater/services/service_manager.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace updater::checks {

/// "boot loader": its environment can be read, and it starts what runs, with no try waiting for a restart.
void check_boot_loader(partitions::BootSelection &boot, partitions::Slot running, Findings &findings);

/// "rescue partition": what an installation replaces, that there is no way back to it afterwards, and what
/// removing it would free: `own_bytes` measures a folder.
void check_previous_system(partitions::BootSelection &boot, const partitions::Generations &generations,
                           partitions::Slot rescue,
                           const std::function<std::uint64_t(const std::filesystem::path &)> &own_bytes,
                           Findings &findings);

/// "failed units": those that have failed before the upgrade are not held against it, but hide what it
/// breaks.
void check_failed_units(services::ServiceManager &services, Findings &findings);

} // namespace updater::checks
