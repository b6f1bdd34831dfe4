// How long a system took to start, from what systemd noted of its beginning. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace updater::agent {

/// Properties of systemd's manager, org.freedesktop.systemd1(5). 0: not known to it.
struct StartTimes {
    std::chrono::microseconds firmware{0};  ///< FirmwareTimestampMonotonic: before the kernel
    std::chrono::microseconds kernel{0};    ///< KernelTimestamp; 0: in a container, whose kernel is older
    std::chrono::microseconds userspace{0}; ///< UserspaceTimestampMonotonic
};

/// From power on, as far as it is known, until `now`, a time of the monotonic clock. In a container that
/// clock counts from the start of the host, so there it begins with userspace.
inline std::chrono::milliseconds time_since_start(const StartTimes &times, std::chrono::microseconds now) {
    const bool has_kernel = times.kernel.count() > 0;
    const auto took = has_kernel ? now + times.firmware : now - times.userspace;
    return std::chrono::floor<std::chrono::milliseconds>(std::max(took, std::chrono::microseconds(0)));
}

} // namespace updater::agent
