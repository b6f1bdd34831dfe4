// Changes to the files of the image. The image itself cannot be written, so there is one way to change what
// programs see of it: to mount something over it. Looks at the table of mounts only.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/services/service_manager.hpp"

#include <filesystem>

namespace updater::checks {

/// "image files": nothing is mounted over files of the image. A mount that a unit or fstab makes is a change
/// that /etc carries to the new version, so it is a NOTICE; any other is unknown, the new version would not
/// have it, and it is a FAIL. `mounts` is in the format of proc(5), mountinfo.
void check_covered_files(services::ServiceManager &services, Findings &findings,
                         const std::filesystem::path &mounts = "/proc/self/mountinfo");

} // namespace updater::checks
