// The service manager's object on the bus, and its failures in our callers' words. Internal to this folder.
#pragma once

#include "updater/services/bus.hpp"
#include "updater/services/service_manager.hpp"

#include <string>

namespace updater {

inline const std::string systemd_name = "org.freedesktop.systemd1";
inline const BusTarget systemd_manager{systemd_name, "/org/freedesktop/systemd1",
                                       "org.freedesktop.systemd1.Manager"};

/// A failure of the bus is one of the service manager to our callers.
template <typename Work> auto with_service_errors(Work work) {
    try {
        return work();
    } catch (const BusError &error) {
        throw ServiceError(error.what());
    }
}

} // namespace updater
