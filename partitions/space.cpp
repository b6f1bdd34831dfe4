// statvfs(3) in bytes.
#include "partitions/space.hpp"

#include "partitions/posix_error.hpp"

#include <cerrno>
#include <sys/statvfs.h>

namespace partitions {

FileSystemSpace space_of(const std::filesystem::path &path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0)
        throw_storage_error("find the free space of", path, errno);
    return {.total_bytes = std::uint64_t{status.f_blocks} * status.f_frsize,
            .available_bytes = std::uint64_t{status.f_bavail} * status.f_frsize};
}

} // namespace partitions
