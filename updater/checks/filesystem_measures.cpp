// Measures real file systems.
#include "updater/checks/preconditions.hpp"

#include <cerrno>
#include <sys/statvfs.h>
#include <system_error>

namespace updater::checks {
namespace {

FilesystemSize measure_filesystem(const std::filesystem::path &path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0)
        throw std::filesystem::filesystem_error("cannot measure the free space", path,
                                                {errno, std::generic_category()});
    // f_bfree, not f_bavail: the updater works as root.
    return {std::uint64_t{status.f_blocks} * status.f_frsize,
            std::uint64_t{status.f_bfree} * status.f_frsize};
}

} // namespace

FilesystemMeasures FilesystemMeasures::real(const std::stop_token &stop) {
    return {.filesystem_size = measure_filesystem,
            .allocated_bytes =
                [stop](const std::filesystem::path &path) { return checks::allocated_bytes(path, stop); },
            .largest_places =
                [stop](const std::filesystem::path &path, std::size_t max) {
                    return checks::largest_places(root_of_filesystem(path), max, stop);
                }};
}

} // namespace updater::checks
