// The OS images of an appliance as directories: the other slot's, with or without a configuration over it,
// and the running one without what is mounted over it. Read-only always: an image stays bit for bit what was
// signed.
#pragma once

#include "partitions/mount.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <memory>

namespace partitions {

/// A directory that shows an image as long as this lives. What still uses it then keeps its view, and nothing
/// waits for that. Only root can get in.
class ShownRoot {
  public:
    ShownRoot(std::filesystem::path path, std::shared_ptr<const void> keeps)
        : path_(std::move(path)), keeps_(std::move(keeps)) {}

    const std::filesystem::path &path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
    std::shared_ptr<const void> keeps_; ///< gives up the view when it goes
};

class SystemRoots {
  public:
    virtual ~SystemRoots() = default;

    /// The image in this slot's partition. Once at a time. @throws MountError, PartitionNotFound,
    /// StorageError.
    virtual ShownRoot of_slot(Slot slot) = 0;
    /// The running system's image: its /etc is as the vendor made it. Once at a time. @throws MountError,
    /// StorageError.
    virtual ShownRoot of_running_image() = 0;
    /// The image in this slot's partition as it would run: over its /etc lies `upper`, the upper directory of
    /// a configuration with its whiteouts, over its /var lies `var`. Neither may change meanwhile. Once at a
    /// time, beside the others. @throws MountError, PartitionNotFound, StorageError.
    virtual ShownRoot with_configuration(Slot slot, const std::filesystem::path &upper,
                                         const std::filesystem::path &var) = 0;
    /// The directory that takes what is written to the running system's /etc, the upper one of its overlay,
    /// as the mount names it (the initramfs may have mounted it from a root of its own); empty if /etc is no
    /// overlay. @throws MountError.
    virtual std::filesystem::path configuration_upper() = 0;
};

/// Mounts them below a folder of the updater's own.
class MountedSystemRoots : public SystemRoots {
  public:
    /// `folder` is made when it is needed; both must outlive this object.
    MountedSystemRoots(Storage &storage, const PartitionFinder &partitions, std::filesystem::path folder);

    ShownRoot of_slot(Slot slot) override;
    ShownRoot of_running_image() override;
    ShownRoot with_configuration(Slot slot, const std::filesystem::path &upper,
                                 const std::filesystem::path &var) override;
    std::filesystem::path configuration_upper() override;

    /// Gives up what a killed process left, also what is busy. Call while no ShownRoot lives. @throws
    /// MountError.
    void unmount_leftovers();

  private:
    Mount image_of(Slot slot, const char *name);
    std::filesystem::path place(const char *name);

    Storage &storage_;
    const PartitionFinder &partitions_;
    std::filesystem::path folder_;
};

} // namespace partitions
