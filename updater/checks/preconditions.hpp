// The checks before anything is changed: each throws Refused, with what was found and what to do
// next. They look at given numbers or measure through FilesystemMeasures, and write nothing.
#pragma once

#include "updater/checks/conversion_chain.hpp"
#include "updater/checks/disk_use.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/version.hpp"
#include "updater/refusal.hpp"
#include "updater/services/service_states.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace updater::checks {

/// The file system a path lies on.
struct FilesystemSize {
    std::uint64_t total_bytes = 0;
    std::uint64_t free_bytes = 0; ///< for root
};

/// A part of what fills a disk.
struct DiskPart {
    std::string text; ///< what it is and how much, "the mail queue (/var/spool/postfix) has 1.2 GiB"
    std::uint64_t bytes = 0;
    std::string advice; ///< what frees it or some of it, with a command; "" if nobody knows
};

/// How sizes are measured; tests return fixed numbers.
struct FilesystemMeasures {
    std::function<FilesystemSize(const std::filesystem::path &)> filesystem_size;
    /// Of a folder with everything in it, at all levels.
    std::function<std::uint64_t(const std::filesystem::path &)> allocated_bytes;
    /// What takes most space on the whole file system of the path, largest first: see disk_use.hpp.
    std::function<std::vector<Place>(const std::filesystem::path &, std::size_t max)> largest_places;
    /// What fills that file system, with what frees it: see disk_parts.hpp. May be missing; then the largest
    /// places are named.
    std::function<std::vector<DiskPart>(const std::filesystem::path &)> parts_of_disk = {};

    /// statvfs(3) and walks that stay on one file system and end with Cancelled when `stop` is
    /// requested. They throw std::filesystem::filesystem_error.
    static FilesystemMeasures real(const std::stop_token &stop = {});
};

/// Where an image would be written to.
struct TargetPartition {
    std::string label;
    std::uint64_t bytes = 0;
};

/// The firmware is made for this product and hardware.
void check_product(const firmware::Manifest &manifest, const configuration::Appliance &appliance);
/// The running version is at least the manifest's minimum (if not, the advice names the version to install
/// first), and the firmware is not older than the running version.
void check_version(const firmware::Manifest &manifest, const firmware::Version &running);
/// The firmware is not the running version, unless `force` is set, as `forced_command` does.
void check_same_version(const firmware::Manifest &manifest, const firmware::Version &running, bool force,
                        const std::string &forced_command);
/// The firmware is not older than the least acceptable version (least_version.hpp), if there is one.
void check_least_version(const firmware::Manifest &manifest, const std::optional<firmware::Version> &least);
/// The same for the version of the previous system, before a rollback to it.
void check_way_back(const firmware::Version &previous, const std::optional<firmware::Version> &least);
/// No unit that the health gate requires is masked, or disabled although the vendor enables it: the upgrade
/// would roll back after minutes without mail.
void check_services(const services::ServiceStates &now, const configuration::Services &configured);
/// The image fits the partition.
void check_partition_size(const firmware::Manifest &manifest, const TargetPartition &partition);
/// The share of the file system that appliance.xml names is free. Returns what was found; the refusal names
/// the largest folders.
std::string check_free_share(const configuration::FreeShare &share, const FilesystemMeasures &measures);
/// Every store is a folder of the data partition and lies completely in it: no symbolic link in its path,
/// none in it that leads out, nothing mounted over it. `root` is "/", or a test's folder.
void check_stores(const configuration::Appliance &appliance, const std::filesystem::path &root = "/");
/// One and a half times the store's size is free: its conversion makes a second store, and during the
/// rehearsal the server still needs space for mail. Returns what was found.
std::string check_space_for_conversion(const configuration::Store &store, const FilesystemMeasures &measures);
/// `bytes` are free on the file system of `path`, for `purpose` ("the firmware file", "the copy of the
/// stores"). Returns what was found.
std::string check_free_bytes(const std::filesystem::path &path, std::uint64_t bytes,
                             const std::string &purpose, const FilesystemMeasures &measures);

} // namespace updater::checks
