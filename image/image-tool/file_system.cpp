// Opening and making file systems; see the header.
#include "image/image-tool/file_system.hpp"

#include "image/image-tool/units.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <vector>

namespace image_tool {
namespace {

void run(std::vector<std::string> words, std::vector<std::string> environment) {
    const auto pointers = [](std::vector<std::string> &strings) {
        std::vector<char *> result;
        for (std::string &string : strings)
            result.push_back(string.data());
        result.push_back(nullptr);
        return result;
    };
    const std::string program = words.front();
    std::vector<char *> arguments = pointers(words);
    std::vector<char *> variables = pointers(environment);
    pid_t process = 0;
    if (const int error =
            posix_spawnp(&process, program.c_str(), nullptr, nullptr, arguments.data(), variables.data()))
        throw std::system_error(error, std::generic_category(),
                                "cannot start " + program + " (is e2fsprogs installed?)");
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "cannot wait for " + program);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(program + " failed, its message is above");
}

} // namespace

void check(errcode_t code, const std::string &what) {
    if (code == 0)
        return;
    initialize_ext2_error_table();
    throw std::runtime_error(what + ": " + error_message(code));
}

FileSystem open_file_system(const std::filesystem::path &image, bool to_write) {
    ext2_filsys opened = nullptr;
    const int flags = EXT2_FLAG_64BITS | (to_write ? EXT2_FLAG_RW : 0);
    check(ext2fs_open(image.c_str(), flags, 0, 0, unix_io_manager, &opened), "cannot open " + image.string());
    FileSystem file_system(opened);
    if (opened->blocksize != block_bytes)
        throw std::runtime_error(image.string() + " has blocks of " + std::to_string(opened->blocksize) +
                                 " bytes; only 4096 are supported");
    check(ext2fs_read_bitmaps(opened), "cannot read the bitmaps of " + image.string());
    return file_system;
}

void make_file_system(const std::filesystem::path &image, const EmptyFileSystem &wanted) {
    std::filesystem::remove(image);
    // mke2fs uses the size of an existing file.
    if (!std::ofstream(image))
        throw std::system_error(errno, std::generic_category(), "cannot create " + image.string());
    std::filesystem::resize_file(image, wanted.size_bytes);
    run({"mke2fs",
         "-q",
         "-F",
         "-T",
         "default",
         "-b",
         std::to_string(block_bytes),
         "-I",
         "256",
         "-i",
         "16384",
         "-m",
         "0",
         "-O",
         "none,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,"
         "extra_isize,metadata_csum",
         "-L",
         wanted.label,
         "-U",
         wanted.uuid,
         "-E",
         "hash_seed=" + wanted.uuid + ",lazy_itable_init=0,nodiscard",
         image.string()},
        {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "MKE2FS_CONFIG=/dev/null",
         "E2FSPROGS_FAKE_TIME=" + std::to_string(wanted.time_seconds)});
}

} // namespace image_tool
