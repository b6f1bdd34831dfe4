// The names of the phases.
#include "updater/job/phase.hpp"

#include <stdexcept>

namespace updater {

std::string_view name_of(Phase phase) {
    switch (phase) {
    case Phase::download:
        return "download the update";
    case Phase::install:
        return "install the new OS";
    case Phase::stop_services:
        return "shut down services";
    case Phase::prepare_store_migration:
        return "prepare the message store migration";
    case Phase::back_up_configuration:
        return "back up the configuration";
    case Phase::restart_appliance:
        return "restart the appliance";
    case Phase::migrate_store:
        return "migrate the message store";
    case Phase::install_configuration:
        return "install the new configuration";
    case Phase::clean_up:
        return "clean up";
    case Phase::start_services:
        return "restart all services";
    }
    throw std::logic_error("no such phase");
}

} // namespace updater
