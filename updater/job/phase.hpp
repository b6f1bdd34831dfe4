// The ten phases of an upgrade: their numbers, names and what is true of mail while they run. Holds no
// behaviour; what a phase does stands in updater/phases.
#pragma once

#include <array>
#include <string_view>

namespace updater {

/// The phases in their order (mission L1). The value is the number that people see.
enum class Phase {
    download = 1,
    install = 2,
    stop_services = 3,
    prepare_store_migration = 4,
    back_up_configuration = 5,
    restart_appliance = 6,
    migrate_store = 7,
    install_configuration = 8,
    clean_up = 9,
    start_services = 10,
};

inline constexpr std::array kAllPhases{
    Phase::download,
    Phase::install,
    Phase::stop_services,
    Phase::prepare_store_migration,
    Phase::back_up_configuration,
    Phase::restart_appliance,
    Phase::migrate_store,
    Phase::install_configuration,
    Phase::clean_up,
    Phase::start_services,
};

constexpr int number_of(Phase phase) {
    return static_cast<int>(phase);
}

/// The phase's name as logs and status lines show it.
std::string_view name_of(Phase phase);

/// Phases 7 to 10 run under the new system, the others under the old one.
constexpr bool runs_under_new_system(Phase phase) {
    return phase > Phase::restart_appliance;
}

/// A person may cancel while nothing but the rescue partition was touched.
constexpr bool can_be_cancelled(Phase phase) {
    return phase <= Phase::install;
}

/// Mail flows in the phases before the services stop; in phase 10 it flows again only at its end.
constexpr bool mail_flows_in(Phase phase) {
    return phase <= Phase::install;
}

} // namespace updater
