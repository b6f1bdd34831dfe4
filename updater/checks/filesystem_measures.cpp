// Measures real file systems: statvfs(3) and a walk of the folders.
#include "updater/checks/preconditions.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>

namespace updater::checks {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t stat_block_bytes = 512; // st_blocks counts these whatever the file system's block is

FilesystemSize measure_filesystem(const fs::path &path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0)
        throw fs::filesystem_error("cannot measure the free space", path, {errno, std::generic_category()});
    // f_bfree, not f_bavail: the updater works as root.
    return {std::uint64_t{status.f_blocks} * status.f_frsize,
            std::uint64_t{status.f_bfree} * status.f_frsize};
}

/// Allocated, not apparent size: files of the data partition may be sparse. Files come and go while mail
/// flows; one that has disappeared adds nothing.
std::uint64_t allocated_bytes(const fs::path &path, dev_t device) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT)
            return 0;
        throw fs::filesystem_error("cannot measure", path, {errno, std::generic_category()});
    }
    if (status.st_dev != device)
        return 0;
    std::uint64_t sum = static_cast<std::uint64_t>(status.st_blocks) * stat_block_bytes;
    if (!S_ISDIR(status.st_mode))
        return sum;
    std::error_code error;
    fs::directory_iterator entries(path, error);
    if (error && error != std::errc::no_such_file_or_directory)
        throw fs::filesystem_error("cannot measure", path, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
        sum += allocated_bytes(entries->path(), device);
    return sum;
}

std::vector<FolderSize> measure_entries(const fs::path &path, std::size_t max) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw fs::filesystem_error("cannot measure", path, {errno, std::generic_category()});
    std::vector<FolderSize> entries;
    if (S_ISDIR(status.st_mode))
        for (const fs::directory_entry &entry : fs::directory_iterator(path))
            entries.push_back({entry.path(), allocated_bytes(entry.path(), status.st_dev)});
    std::sort(entries.begin(), entries.end(), [](const FolderSize &left, const FolderSize &right) {
        return left.allocated_bytes > right.allocated_bytes;
    });
    entries.resize(std::min(entries.size(), max));
    return entries;
}

} // namespace

FilesystemMeasures FilesystemMeasures::real() {
    return {measure_filesystem, measure_entries};
}

} // namespace updater::checks
