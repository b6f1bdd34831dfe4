// The updater's own systemd units. The updater reports their failures itself: a feed that it could not fetch
// says nothing about the health of the system.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace updater::services {

inline bool is_own_unit(std::string_view unit) {
    constexpr std::array<std::string_view, 8> own = {"update-agent",    "update-check", "update-control",
                                                     "update-hawkbit",  "update-fetch", "update-notify",
                                                     "update-settings", "update-window"};
    return std::ranges::any_of(own, [&](std::string_view name) { return unit.starts_with(name); });
}

} // namespace updater::services
