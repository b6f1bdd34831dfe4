// An ext4 file system in a file, opened with libext2fs, and the making of an empty one.
#pragma once

#include <cstdint>
#include <ext2fs/ext2fs.h>
#include <filesystem>
#include <memory>
#include <string>

namespace image_tool {

/// Throws std::runtime_error with the library's words if `code` is not 0.
void check(errcode_t code, const std::string &what);

struct CloseFileSystem {
    void operator()(ext2_filsys file_system) const { ext2fs_free(file_system); }
};
/// The destructor writes nothing back: after changes, close it with ext2fs_close_free.
using FileSystem = std::unique_ptr<struct_ext2_filsys, CloseFileSystem>;

/// Opens it with its bitmaps. Throws std::runtime_error if it is not ext4 with blocks of 4096 bytes.
FileSystem open_file_system(const std::filesystem::path &image, bool to_write);

struct EmptyFileSystem {
    std::uint64_t size_bytes = 0;
    std::string uuid;
    std::string label;
    std::int64_t time_seconds = 0;
};
/// Replaces `image`. The features are those that Debian 12's mkfs.ext4 gives without a journal and without
/// space for growing, whatever this machine's mke2fs.conf says: GRUB 2.06 and all kernels since read them.
/// Throws std::system_error and std::runtime_error.
void make_file_system(const std::filesystem::path &image, const EmptyFileSystem &wanted);

} // namespace image_tool
