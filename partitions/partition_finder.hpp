// Finds a partition by the name it bears in the GPT, never by a device name: device names change with the
// hardware and with the order in which disks answer. Read-only.
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

/// Several partitions bear the name, and the running root does not tell which disk is meant.
class PartitionAmbiguous : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Functions are virtual because disks are where the outside begins.
class PartitionFinder {
  public:
    /// disk_by_partlabel: udev's links, a hint that is checked against the GPT; need not exist.
    /// running_root: only partitions on the disk of this file system are meant; all, if it is on none.
    explicit PartitionFinder(std::filesystem::path disk_by_partlabel = "/dev/disk/by-partlabel",
                             std::filesystem::path running_root = "/");
    PartitionFinder(const PartitionFinder &) = delete;
    PartitionFinder &operator=(const PartitionFinder &) = delete;
    virtual ~PartitionFinder() = default;

    /// The device, such as /dev/vda3. Reads the partition tables of all disks through libblkid, without its
    /// cache. Throws PartitionNotFound, PartitionAmbiguous.
    virtual std::filesystem::path device_of(std::string_view label) const;
    /// Also throws StorageError when the device does not tell its size.
    virtual std::uint64_t size_bytes(std::string_view label) const;

  private:
    std::vector<std::filesystem::path> candidates(std::string_view label) const;

    std::filesystem::path disk_by_partlabel_;
    std::filesystem::path running_root_;
};

} // namespace partitions
