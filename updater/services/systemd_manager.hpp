// The service manager's object on the bus, and its failures in our callers' words. Internal to this folder.
#pragma once

#include "updater/services/bus.hpp"
#include "updater/services/service_manager.hpp"

#include <string>
#include <vector>

namespace updater {

inline const std::string systemd_name = "org.freedesktop.systemd1";
inline const BusTarget systemd_manager{systemd_name, "/org/freedesktop/systemd1",
                                       "org.freedesktop.systemd1.Manager"};

/// A property of D-Bus type `as`. Throws BusError.
std::vector<std::string> read_strings(Bus &bus, const BusTarget &target, const std::string &property);

/// A failure of the bus is one of the service manager to our callers.
template <typename Work> auto with_service_errors(Work work) {
    try {
        return work();
    } catch (const BusError &error) {
        throw ServiceError(error.what());
    }
}

} // namespace updater
