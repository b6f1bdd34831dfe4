// The images of both slots as directories of a storage in memory. As with mounts, a place shows one image at
// a time.
#pragma once

#include "partitions/mount.hpp"
#include "partitions/system_roots.hpp"
#include "tests/support/fake_storage.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace partitions_test {

class FakeSystemRoots : public partitions::SystemRoots {
  public:
    /// The images are directories that must be there when they are asked for, as a partition must hold a file
    /// system.
    FakeSystemRoots(FakeStorage &storage, std::map<partitions::Slot, std::filesystem::path> images,
                    partitions::Slot running)
        : FakeSystemRoots(
              storage,
              [images = std::move(images)](partitions::Slot slot) {
                  const auto image = images.find(slot);
                  return image == images.end() ? std::filesystem::path() : image->second;
              },
              running) {}

    /// The same with images that change, as an installation changes them. Empty: no file system is there.
    using ImageOf = std::function<std::filesystem::path(partitions::Slot)>;
    FakeSystemRoots(FakeStorage &storage, ImageOf image_of, partitions::Slot running)
        : storage_(storage), image_of_(std::move(image_of)), running_(running) {}

    /// The upper directory of the overlay on /etc.
    void set_configuration_upper(std::filesystem::path upper) { upper_ = std::move(upper); }

    partitions::ShownRoot of_slot(partitions::Slot slot) override { return show(slot, slot_shown_); }
    partitions::ShownRoot of_running_image() override { return show(running_, image_shown_); }
    /// A copy, made at each call: whiteouts hide, opaque directories do not.
    partitions::ShownRoot with_configuration(partitions::Slot slot, const std::filesystem::path &upper,
                                             const std::filesystem::path &var) override {
        const auto image = show(slot, configured_shown_);
        const auto copy = std::filesystem::path("/shown") / std::to_string(++copies_);
        lay_over(copy, image.path());
        // A new copy: what is seen is the upper one where both have a name.
        for (const auto &[place, layer] : {std::pair{"etc", upper}, std::pair{"var", var}}) {
            if (storage_.kind(layer) != partitions::FileKind::directory)
                throw partitions::MountError("cannot mount an overlay: " + layer.string() +
                                             " is no directory");
            lay_over(copy / place, layer);
        }
        return {copy, std::make_shared<partitions::ShownRoot>(image)};
    }
    std::filesystem::path configuration_upper() override { return upper_; }

  private:
    partitions::ShownRoot show(partitions::Slot slot, std::weak_ptr<int> &shown) {
        const auto image = image_of_(slot);
        if (image.empty() || storage_.kind(image) != partitions::FileKind::directory)
            throw partitions::MountError("slot " + std::string(1, partitions::letter(slot)) +
                                         " holds no file system");
        if (!shown.expired())
            throw partitions::MountError("something is mounted there already");
        auto keeps = std::make_shared<int>(0);
        shown = keeps;
        return {image, std::move(keeps)};
    }

    void lay_over(const std::filesystem::path &target, const std::filesystem::path &layer) {
        storage_.put_directory(target);
        for (const auto &from : storage_.list(layer)) {
            const auto to = target / from.filename();
            switch (storage_.kind(from)) {
            case partitions::FileKind::directory:
                lay_over(to, from);
                break;
            case partitions::FileKind::file:
                storage_.put_file(to, storage_.contents(from), storage_.details(from).mode & 07777U);
                break;
            case partitions::FileKind::symlink:
                storage_.put_symlink(storage_.read_symlink(from), to);
                break;
            case partitions::FileKind::other:
                storage_.take_away(to);
                break;
            case partitions::FileKind::none:
                break;
            }
        }
    }

    FakeStorage &storage_;
    ImageOf image_of_;
    partitions::Slot running_;
    std::filesystem::path upper_;
    std::weak_ptr<int> slot_shown_;
    std::weak_ptr<int> image_shown_;
    std::weak_ptr<int> configured_shown_;
    int copies_ = 0;
};

} // namespace partitions_test
