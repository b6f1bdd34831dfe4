// The paths on an appliance (.doc/design.md has a picture). Paths only; made by the agent's main, changed by
// tests.
#pragma once

#include <filesystem>

namespace partitions {

struct Layout {
    std::filesystem::path data = "/data";
    std::filesystem::path journal = "/data/update-control/journal";
    /// Made by update-control-deadline.service.
    std::filesystem::path deadline_passed = "/data/update-control/deadline-passed";
    /// The name of the generation that a rollback left; an installation would remove that generation.
    std::filesystem::path left_generation = "/data/update-control/left-generation";
    std::filesystem::path least_version = "/data/update-control/least-version";
    std::filesystem::path failed_versions = "/data/update-control/failed-versions.json";
    std::filesystem::path feed = "/data/update-control/feed";
    std::filesystem::path firmware = "/var/spool/updates/firmware";
    std::filesystem::path logs = "/var/spool/updates/XPU";
    std::filesystem::path run = "/run/update-control";
    std::filesystem::path hooks = "/usr/lib/update-control/hooks"; ///< inside the new system
    std::filesystem::path configuration_checks =
        "/usr/lib/update-control/configuration-checks"; ///< inside the new system
};

} // namespace partitions
