// Small images made by mkfs.ext4 from trees, and patches between them.
#pragma once

#include "image/delta/patch_builder.hpp"
#include "tests/support/file_contents.hpp"

#include <filesystem>
#include <string>

namespace image_test {

/// A temporary folder in which names are relative; its destructor removes it.
class Workshop {
  public:
    Workshop();
    ~Workshop();
    Workshop(const Workshop &) = delete;
    Workshop &operator=(const Workshop &) = delete;

    std::filesystem::path operator/(const std::string &name) const { return path_ / name; }
    /// With the folders that it needs.
    void write(const std::string &name, const std::string &contents) const;
    void shell(const std::string &command) const;
    /// 24 MiB of ext4, as mkfs makes it from a tree.
    void make_image(const std::string &tree, const std::string &image) const;

  private:
    std::filesystem::path path_;
};

using test_files::read_file;

/// The same for the same arguments; letters that hardly repeat, and bytes that look like instructions.
std::string text_like(std::size_t length, unsigned seed);
std::string code_like(std::size_t length, unsigned seed);

struct Patch {
    updater::firmware::ChunkIndex chunks;
    firmware_writer::PatchPart part;
};

/// Of the version 1.0.0.0, with its records in the file "patch".
Patch build_patch(const Workshop &workshop, const std::string &base, const std::string &target,
                  unsigned threads);

/// The image that the records make; zero chunks as zeros. All other chunks must have a record.
std::string apply(const Workshop &workshop, const std::string &base, const Patch &patch);

} // namespace image_test
