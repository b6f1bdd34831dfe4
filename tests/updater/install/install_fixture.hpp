// Two releases' images, a firmware with a patch between them, and partitions to install into.
#pragma once

#include "partitions/posix_storage.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/install/installer.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace updater::testing {

/// Made once for all tests, and removed when the program ends.
struct Releases {
    std::filesystem::path folder;
    std::filesystem::path old_image;
    std::filesystem::path new_image;
    std::filesystem::path firmware; ///< of the new image, with a patch from 2.8.0.0
    std::filesystem::path trusted_folder;
    std::string old_bytes;
    std::string new_bytes;
};
const Releases &releases();

/// A firmware of this image, without patches unless `base` is given.
void build_firmware(const std::filesystem::path &image, const std::filesystem::path &output,
                    const std::filesystem::path &base = {});

using test_files::read_file;
using test_files::write_file;
/// Changes one byte.
void damage(const std::filesystem::path &path, std::uint64_t offset_bytes);

/// Hands on so many bytes of another source and then breaks off.
class BreakingSource : public firmware::ByteSource {
  public:
    struct Broken {};
    BreakingSource(firmware::ByteSource &source, std::uint64_t bytes_left)
        : source_(source), bytes_left_(bytes_left) {}
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    std::uint64_t fetched_bytes() const override { return source_.fetched_bytes(); }
    const std::string &name() const override { return source_.name(); }

  private:
    firmware::ByteSource &source_;
    std::uint64_t bytes_left_;
};

/// The same file on two servers, of which the first is left when it is distrusted.
class TwoServers : public firmware::ByteSource {
  public:
    TwoServers(const std::filesystem::path &first, const std::filesystem::path &second)
        : first_(first), second_(second) {}
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override {
        present().read(ranges, sink, stop);
    }
    std::uint64_t fetched_bytes() const override { return first_.fetched_bytes() + second_.fetched_bytes(); }
    const std::string &name() const override { return (was_left_ ? second_ : first_).name(); }
    bool distrust() override { return !std::exchange(was_left_, true); }
    bool was_left() const { return was_left_; }

  private:
    firmware::FileSource &present() { return was_left_ ? second_ : first_; }

    firmware::FileSource first_;
    firmware::FileSource second_;
    bool was_left_ = false;
};

} // namespace updater::testing
