// What the kernel says of the health of disks and their file systems. Looks at its files only; asks no disk.
#pragma once

#include "updater/checks/finding.hpp"

#include <filesystem>

namespace updater::checks {

/// Where the kernel's files are; tests have their own.
struct KernelFiles {
    std::filesystem::path sys = "/sys";
    std::filesystem::path mounts = "/proc/self/mountinfo";
};

/// "disk health": of the disks, RAID arrays and file systems that report anything; a SKIP if none does. A
/// file system for data that the kernel has made read-only, a disk that is offline and one whose life has
/// ended are a FAIL, anything else a WARN. `data`: where the data partition is mounted.
void check_disk_health(const std::filesystem::path &data, Findings &findings, const KernelFiles &kernel = {});

} // namespace updater::checks
