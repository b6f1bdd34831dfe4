// A mounted file system that is unmounted by its owner's destructor. Uses libmount.
#pragma once

#include "partitions/mount_error.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <sys/mount.h> // MS_RDONLY and the other flags

namespace partitions {

class Mount {
  public:
    /// Mounts source (device, or any text for overlay and tmpfs) on the existing directory target.
    /// type: "ext4", "overlay", ...; empty: found out by libblkid. options: as after `mount -o`, such as
    /// "ro,lowerdir=/a,upperdir=/b,workdir=/c". flags: MS_... of mount(2), added to those of the options.
    Mount(const std::filesystem::path &source, std::filesystem::path target, std::string_view type,
          std::string_view options = "", unsigned long flags = 0);
    /// A bind mount of one directory (or file), without the mounts below the source.
    static Mount bind(const std::filesystem::path &source, const std::filesystem::path &target,
                      bool read_only = false);

    /// Takes ownership of what is mounted there already, such as leftovers of a killed process.
    static Mount adopt(std::filesystem::path target);

    Mount(Mount &&from) noexcept;
    Mount &operator=(Mount &&from) noexcept;
    Mount(const Mount &) = delete;
    Mount &operator=(const Mount &) = delete;
    /// Unmounts, detaching a busy file system. Does not throw: a failure goes to the function set by
    /// report_failure_to, or to standard error. Where it matters that the file system is written back, call
    /// unmount().
    ~Mount();

    /// On return the file system is written back and unmounted. Throws MountError, also when it is busy; it
    /// is then still mounted.
    void unmount();
    /// Moves the mount to another existing directory. Throws MountError.
    void move_to(std::filesystem::path target);
    /// Gives up ownership: it stays mounted, and the destructor does nothing.
    void release() noexcept;
    /// Must not throw.
    void report_failure_to(std::function<void(std::string_view)> report);

    const std::filesystem::path &target() const noexcept { return target_; }

  private:
    explicit Mount(std::filesystem::path mounted) : target_(std::move(mounted)) {}
    void detach() noexcept;

    std::filesystem::path target_; ///< empty: nothing to unmount
    std::function<void(std::string_view)> report_;
};

/// Whether something is mounted on this very directory (or file). Throws MountError when the kernel's list of
/// mounts cannot be read.
bool is_mounted(const std::filesystem::path &path);

/// The value of an option (such as "upperdir") of what is mounted last on this very directory; empty if
/// nothing is mounted there or it has no such option. Throws MountError.
std::string mount_option(const std::filesystem::path &path, const std::string &name);

/// Unmounts everything that is stacked on this very directory, such as leftovers of killed processes. Throws
/// MountError, also when something there is busy.
void unmount_all(const std::filesystem::path &path);

} // namespace partitions
