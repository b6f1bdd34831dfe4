// The OS images of an appliance as directories: the other slot's, with or without a configuration over it,
// and the running one without the mounts over it. Always read-only: an image stays bit for bit what was
// signed.
#pragma once

#include "partitions/mount.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/slot.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <memory>

namespace partitions {

/// A directory that shows an image for the lifetime of this object. A process that still uses it afterwards
/// keeps its view; nothing waits for such a process. Only root can enter it.
class ShownRoot {
  public:
    ShownRoot(std::filesystem::path path, std::shared_ptr<const void> keeps)
        : path_(std::move(path)), keeps_(std::move(keeps)) {}

    const std::filesystem::path &path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
    std::shared_ptr<const void> keeps_; ///< its destructor ends the view
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
    /// The upper directory of the overlay on the running system's /etc, under the path that the mount names
    /// (the initramfs may have mounted it from another root); empty if /etc is not an overlay. @throws
    /// MountError.
    virtual std::filesystem::path configuration_upper() = 0;
};

/// Mounts them below a private folder of the updater.
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
