// Describes a hook's unit to systemd: the call of StartTransientUnit (org.freedesktop.systemd1(5)). Sends
// nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/base/bus.hpp"

#include <chrono>
#include <string>

namespace hooks::runner {

inline const partitions::base::BusTarget systemd_manager{
    "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"};

/// From SIGTERM to SIGKILL.
inline constexpr std::chrono::seconds time_to_stop{10};

/// File descriptors that become the program's stdout and stderr.
struct OutputDescriptors {
    int standard_output;
    int standard_error;
};

/// The call that starts `call` as the unit `name`, which stays loaded until its result has been read. @throws
/// partitions::base::BusError.
partitions::base::BusMessage start_transient_unit(partitions::base::Bus &bus, const std::string &name,
                                                  const HookCall &call, const OutputDescriptors &output);

} // namespace hooks::runner
