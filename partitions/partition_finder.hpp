// Finds a partition by its name in the GPT, never by a device name: device names change with the hardware and
// with the order in which disks are detected. Read-only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace partitions {

class PartitionNotFound : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Several partitions have the name, and the running root does not tell which disk is meant.
class PartitionAmbiguous : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Functions are virtual so that tests can replace the disks.
class PartitionFinder {
  public:
    /// disk_by_partlabel: udev's links, a hint that is checked against the GPT; need not exist. running_root:
    /// only partitions on the disk of this file system are considered; all, if it is on no disk.
    explicit PartitionFinder(std::filesystem::path disk_by_partlabel = "/dev/disk/by-partlabel",
                             std::filesystem::path running_root = "/");
    PartitionFinder(const PartitionFinder &) = delete;
    PartitionFinder &operator=(const PartitionFinder &) = delete;
    virtual ~PartitionFinder() = default;

    /// The device, such as /dev/vda3. Reads the partition tables of all disks through libblkid, without its
    /// cache. Throws PartitionNotFound, PartitionAmbiguous.
    virtual std::filesystem::path device_of(std::string_view label) const;
    /// Also throws StorageError when the size of the device cannot be read.
    virtual std::uint64_t size_bytes(std::string_view label) const;

  private:
    std::vector<std::filesystem::path> candidates(std::string_view label) const;

    std::filesystem::path disk_by_partlabel_;
    std::filesystem::path running_root_;
};

} // namespace partitions
