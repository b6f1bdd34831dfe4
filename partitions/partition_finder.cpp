// Asks libblkid for each partition's name in the GPT of its disk.
#include "partitions/partition_finder.hpp"

#include "partitions/base/file_descriptor.hpp"
#include "partitions/posix_error.hpp"

#include <array>
#include <blkid/blkid.h>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <unistd.h>

namespace partitions {

namespace {

using Path = std::filesystem::path;

// The partition's name in the partition table; empty when the device is not a partition, has no name or
// cannot be read (a drive without a medium, a device without a node here). Such a device is never the one
// wanted.
std::string partition_name(const Path &device) {
    const std::unique_ptr<blkid_struct_probe, void (*)(blkid_probe)> probe(
        blkid_new_probe_from_filename(device.c_str()), blkid_free_probe);
    // Asks only for the entry in the table: the contents do not matter, and reading them would wake sleeping
    // disks.
    if (!probe || blkid_probe_enable_superblocks(probe.get(), 0) != 0 ||
        blkid_probe_enable_partitions(probe.get(), 1) != 0 ||
        blkid_probe_set_partitions_flags(probe.get(), BLKID_PARTS_ENTRY_DETAILS) != 0 ||
        blkid_do_safeprobe(probe.get()) < 0)
        return {};
    const char *name = nullptr;
    if (blkid_probe_lookup_value(probe.get(), "PART_ENTRY_NAME", &name, nullptr) != 0)
        return {};
    return name;
}

// The number of the whole disk that holds the device; nothing if it is on no disk (overlay, tmpfs).
std::optional<dev_t> disk_of(dev_t device) {
    std::array<char, 256> name{};
    dev_t disk = 0;
    if (major(device) == 0 || blkid_devno_to_wholedisk(device, name.data(), name.size(), &disk) != 0)
        return std::nullopt;
    return disk;
}

std::optional<dev_t> device_number(const Path &device) {
    struct stat status {};
    if (::stat(device.c_str(), &status) != 0 || !S_ISBLK(status.st_mode))
        return std::nullopt;
    return status.st_rdev;
}

std::vector<Path> kernel_partitions() {
    const Path folder = "/sys/class/block";
    std::vector<Path> devices;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        // Only a partition has this file (Documentation/ABI/testing/sysfs-block of the kernel).
        std::error_code no_partition;
        if (std::filesystem::exists(entry->path() / "partition", no_partition))
            devices.push_back(Path("/dev") / entry->path().filename());
    }
    if (error)
        throw_storage_error("list the disks in", folder, error.value());
    return devices;
}

std::string names_of(const std::vector<Path> &devices) {
    std::string names;
    for (const Path &device : devices)
        names += (names.empty() ? "" : ", ") + device.string();
    return names;
}

} // namespace

PartitionFinder::PartitionFinder(Path disk_by_partlabel, Path running_root)
    : disk_by_partlabel_(std::move(disk_by_partlabel)), running_root_(std::move(running_root)) {}

std::vector<Path> PartitionFinder::candidates(std::string_view label) const {
    std::vector<Path> devices = kernel_partitions();
    // For a device without a node of its kernel name, as in a container.
    std::error_code no_link;
    const Path linked = std::filesystem::canonical(disk_by_partlabel_ / label, no_link);
    if (!no_link)
        devices.push_back(linked);
    std::map<dev_t, Path> found;
    for (const Path &device : devices) {
        const std::optional<dev_t> number = device_number(device);
        if (number && partition_name(device) == label)
            found.emplace(*number, device);
    }
    std::vector<Path> result;
    result.reserve(found.size());
    for (const auto &[number, device] : found)
        result.push_back(device);
    return result;
}

Path PartitionFinder::device_of(std::string_view label) const {
    const std::vector<Path> found = candidates(label);
    if (found.empty()) {
        throw PartitionNotFound("no disk has a partition named '" + std::string(label) +
                                "': 'lsblk -o NAME,PARTLABEL' lists the existing ones" +
                                (::geteuid() == 0 ? "" : "; only root can read them"));
    }
    struct stat root {};
    if (::stat(running_root_.c_str(), &root) != 0)
        throw_storage_error("look at", running_root_, errno);
    const std::optional<dev_t> root_disk = disk_of(root.st_dev);
    if (found.size() == 1 && !root_disk)
        return found.front();
    std::vector<Path> beside_root;
    for (const Path &device : found) {
        const std::optional<dev_t> number = device_number(device);
        if (root_disk && number && disk_of(*number) == root_disk)
            beside_root.push_back(device);
    }
    if (beside_root.empty() && root_disk) {
        throw PartitionNotFound("the disk of the running system has no partition named '" +
                                std::string(label) + "', but another one has: " + names_of(found) +
                                "; 'lsblk -o NAME,PARTLABEL' shows all");
    }
    if (beside_root.size() != 1) {
        throw PartitionAmbiguous("several partitions are named '" + std::string(label) +
                                 "': " + names_of(found) +
                                 "; take the other disk out, or rename its partitions (sgdisk -c)");
    }
    return beside_root.front();
}

std::uint64_t PartitionFinder::size_bytes(std::string_view label) const {
    const Path device = device_of(label);
    const base::FileDescriptor descriptor(::open(device.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.valid())
        throw_storage_error("open", device, errno);
    const blkid_loff_t size = blkid_get_dev_size(descriptor.number());
    if (size <= 0)
        throw_storage_error("find the size of", device, EIO);
    return static_cast<std::uint64_t>(size);
}

} // namespace partitions
