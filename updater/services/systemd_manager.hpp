// The service manager's object on the bus, and the translation of its errors. Internal to this folder.
#pragma once

#include "partitions/base/bus.hpp"
#include "updater/services/service_manager.hpp"

#include <string>
#include <vector>

namespace updater::services {

inline const std::string systemd_name = "org.freedesktop.systemd1";
inline const partitions::base::BusTarget systemd_manager{systemd_name, "/org/freedesktop/systemd1",
                                                         "org.freedesktop.systemd1.Manager"};

/// A property of D-Bus type `as`. Throws BusError.
std::vector<std::string> read_strings(partitions::base::Bus &bus, const partitions::base::BusTarget &target,
                                      const std::string &property);

/// Turns BusError into ServiceError.
template <typename Work> auto with_service_errors(Work work) {
    try {
        return work();
    } catch (const partitions::base::BusError &error) {
        throw ServiceError(error.what());
    }
}

} // namespace updater::services
