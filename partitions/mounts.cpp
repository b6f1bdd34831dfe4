#include "partitions/mounts.hpp"

#include "partitions/mount.hpp"

#include <cerrno>
#include <string.h>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>

namespace partitions {

namespace {

struct stat seen_at(const std::filesystem::path &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw MountError("cannot tell what is mounted on " + path.string() + ": " + strerror(errno));
    return status;
}

} // namespace

void KernelMounts::bind(const std::filesystem::path &source, const std::filesystem::path &target,
                        bool read_only) {
    Mount::bind(source, target, read_only).release();
}

bool KernelMounts::shows(const std::filesystem::path &target, const std::filesystem::path &source) {
    const struct stat one = seen_at(target);
    const struct stat other = seen_at(source);
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

void KernelMounts::unmount(const std::filesystem::path &target) {
    if (::umount2(target.c_str(), UMOUNT_NOFOLLOW) == 0)
        return;
    const int error = errno;
    const std::string message = "cannot unmount " + target.string() + ": " + strerror(error);
    if (error == EBUSY)
        throw MountBusy(message);
    throw MountError(message);
}

void KernelMounts::detach(const std::filesystem::path &target) {
    if (::umount2(target.c_str(), UMOUNT_NOFOLLOW | MNT_DETACH) != 0)
        throw MountError("cannot detach what is mounted on " + target.string() + ": " + strerror(errno));
}

} // namespace partitions
