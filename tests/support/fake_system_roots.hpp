// The images of both slots as directories of a storage in memory. As with mounts, a place shows one image at
// a time.
#pragma once

#include "partitions/mount.hpp"
#include "partitions/system_roots.hpp"
#include "tests/support/fake_storage.hpp"

#include <map>
#include <string>
#include <utility>

namespace partitions_test {

class FakeSystemRoots : public partitions::SystemRoots {
  public:
    /// The images are directories that must be there when they are asked for, as a partition must hold a file
    /// system.
    FakeSystemRoots(partitions::Storage &storage, std::map<partitions::Slot, std::filesystem::path> images,
                    partitions::Slot running)
        : storage_(storage), images_(std::move(images)), running_(running) {}

    /// What the overlay on /etc has as its upper directory.
    void set_configuration_upper(std::filesystem::path upper) { upper_ = std::move(upper); }

    partitions::ShownRoot of_slot(partitions::Slot slot) override { return show(slot, slot_shown_); }
    partitions::ShownRoot of_running_image() override { return show(running_, image_shown_); }
    std::filesystem::path configuration_upper() override { return upper_; }

  private:
    partitions::ShownRoot show(partitions::Slot slot, std::weak_ptr<int> &shown) {
        const auto image = images_.find(slot);
        if (image == images_.end() || storage_.kind(image->second) != partitions::FileKind::directory)
            throw partitions::MountError("slot " + std::string(1, partitions::letter(slot)) +
                                         " holds no file system");
        if (!shown.expired())
            throw partitions::MountError("something is mounted there already");
        auto keeps = std::make_shared<int>(0);
        shown = keeps;
        return {image->second, std::move(keeps)};
    }

    partitions::Storage &storage_;
    std::map<partitions::Slot, std::filesystem::path> images_;
    partitions::Slot running_;
    std::filesystem::path upper_;
    std::weak_ptr<int> slot_shown_;
    std::weak_ptr<int> image_shown_;
};

} // namespace partitions_test
