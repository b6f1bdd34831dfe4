// A file system that is mounted in no directory: only its owner can enter it, so no other process can block
// unmounting. Uses fsopen(2) and fsmount(2), since libmount has no detached mounts.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "partitions/mount_error.hpp"

#include <filesystem>
#include <string>

namespace partitions {

class DetachedMount {
  public:
    /// `damaged`: for an ext4 whose device may be damaged. Read-only without replaying its journal, and
    /// without stopping the machine at an error, whatever the file system itself wants.
    enum class Access { read_only, writable, damaged };

    /// Mounts the block device with nosuid, nodev and noexec. For read_only it may be mounted elsewhere in
    /// any way, for damaged not writable. Throws MountBusy if that or the opposite keeps it from being
    /// mounted, else MountError.
    DetachedMount(const std::filesystem::path &device, const std::string &type, Access access);
    DetachedMount(const DetachedMount &) = delete;
    DetachedMount &operator=(const DetachedMount &) = delete;
    /// Unmounts, ignoring failures: for file systems that were only read, or during stack unwinding.
    ~DetachedMount() = default;

    /// The root of the file system, for this process alone.
    std::filesystem::path path() const;

    /// On return all writes are durable and, unless it is mounted elsewhere too, the file system is written
    /// back and unmounted. All files in it must have been closed. Throws MountError when something could not
    /// be written back; it is unmounted all the same.
    void unmount();

  private:
    base::FileDescriptor root_;
    bool written_;
};

} // namespace partitions
