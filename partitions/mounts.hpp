// Showing a directory at a second place for as long as the machine runs. An interface, because the kernel's
// mounts are where the outside begins. Mounts that go with their owner are in mount.hpp, whole images in
// system_roots.hpp.
#pragma once

#include "partitions/mount_error.hpp"

#include <filesystem>

namespace partitions {

/// Nothing here is durable: after a restart none of these mounts is there. An agent that starts again
/// finds those of the one before it. All functions throw MountError.
class Mounts {
  public:
    Mounts() = default;
    Mounts(const Mounts &) = delete;
    Mounts &operator=(const Mounts &) = delete;
    virtual ~Mounts() = default;

    /// Shows the directory `source` at the directory `target`, over what is seen there; what is mounted below
    /// the source is not taken along. What changes at one place changes at the other.
    virtual void bind(const std::filesystem::path &source, const std::filesystem::path &target,
                      bool read_only) = 0;
    /// Whether `target` shows the very directory `source`. Both must be there.
    virtual bool shows(const std::filesystem::path &target, const std::filesystem::path &source) = 0;
    /// Takes off what was mounted last on `target`. Throws MountBusy; it is still mounted then.
    virtual void unmount(const std::filesystem::path &target) = 0;
    /// Takes off what was mounted last on `target`, also what is in use: who uses it keeps its view,
    /// everybody else sees what was below.
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
