// Settings that are spread over several files with an order of precedence: sshd_config.d, sysctl.d, systemd's
// drop-ins. Finds settings of the administrator's that a file of the new image now overrides. Changes
// nothing.
#pragma once

#include "hooks/overlay/overlay_view.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <vector>

namespace hooks::etc {

struct OverriddenSetting {
    std::filesystem::path file; ///< the administrator's, below /etc
    std::string name;
    std::filesystem::path by; ///< absolute: the new image's file
};

/// A system: its /etc as its programs see it, and its image for what is in /usr/lib.
struct SettingsOfSystem {
    const overlay::OverlayView &etc;
    std::filesystem::path upper; ///< what of that /etc is the administrator's
    std::filesystem::path image;
};

std::vector<OverriddenSetting> find_overridden_settings(partitions::Storage &storage,
                                                        const SettingsOfSystem &before,
                                                        const SettingsOfSystem &after);

} // namespace hooks::etc
