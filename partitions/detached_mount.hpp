// A file system that is mounted and has a place in no directory: nobody but its owner can get in, so nobody
// can keep it from being unmounted. Through fsopen(2) and fsmount(2), for which libmount has no detached
// counterpart.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "partitions/mount_error.hpp"

#include <filesystem>
#include <string>

namespace partitions {

class DetachedMount {
  public:
    enum class Access { read_only, writable };

    /// Mounts the block device with nosuid, nodev and noexec. To be read, it may be mounted elsewhere in
    /// whatever way. Throws MountBusy when it is to be written and is mounted elsewhere read-only,
    /// MountError.
    DetachedMount(const std::filesystem::path &device, const std::string &type, Access access);
    DetachedMount(const DetachedMount &) = delete;
    DetachedMount &operator=(const DetachedMount &) = delete;
    /// Unmounts. For what was only read, or what an exception leaves behind.
    ~DetachedMount() = default;

    /// The root of the file system, for this process alone.
    std::filesystem::path path() const;

    /// On return what was written is durable and, unless somebody has it mounted elsewhere, the file system
    /// is written back and gone. All files in it must have been closed. Throws MountError when something
    /// could not be written back; it is gone all the same.
    void unmount();

  private:
    base::FileDescriptor root_;
    bool written_;
};

} // namespace partitions
