// Bind mounts that last until the machine restarts. An interface, so that tests can replace the kernel's
// mounts. Mounts that their owner's destructor unmounts are in mount.hpp, whole images in system_roots.hpp.
#pragma once

#include "partitions/mount_error.hpp"

#include <filesystem>

namespace partitions {

/// Nothing here is durable: a restart of the machine ends these mounts. A restarted agent finds those of the
/// agent before it. All functions throw MountError.
class Mounts {
  public:
    Mounts() = default;
    Mounts(const Mounts &) = delete;
    Mounts &operator=(const Mounts &) = delete;
    virtual ~Mounts() = default;

    /// Shows the directory `source` at the directory `target`, covering its contents, without the mounts
    /// below the source. Changes at one place appear at the other.
    virtual void bind(const std::filesystem::path &source, const std::filesystem::path &target,
                      bool read_only) = 0;
    /// Whether `target` shows the very directory `source`. Both must be there.
    virtual bool shows(const std::filesystem::path &target, const std::filesystem::path &source) = 0;
    /// Unmounts what was mounted last on `target`. Throws MountBusy; it is then still mounted.
    virtual void unmount(const std::filesystem::path &target) = 0;
    /// Unmounts what was mounted last on `target` even if it is in use: processes that use it keep their
    /// view, all others see what was below.
    virtual void detach(const std::filesystem::path &target) = 0;
};

/// The mounts of this process' mount namespace.
class KernelMounts : public Mounts {
  public:
    void bind(const std::filesystem::path &source, const std::filesystem::path &target,
              bool read_only) override;
    bool shows(const std::filesystem::path &target, const std::filesystem::path &source) override;
    void unmount(const std::filesystem::path &target) override;
    void detach(const std::filesystem::path &target) override;
};

} // namespace partitions
