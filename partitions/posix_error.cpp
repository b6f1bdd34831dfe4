// Which errno becomes which exception, and what a person is told to do about it.
#include "partitions/posix_error.hpp"

#include "partitions/storage.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace partitions {

namespace {

std::string advice_for(int error_number) {
    switch (error_number) {
    case EIO:
        return "the disk itself failed: look at the kernel's messages (dmesg) and check or replace the disk";
    case EROFS:
        return "the file system is read-only: if it should not be, an error made the kernel protect it "
               "(dmesg)";
    case EACCES:
    case EPERM:
        if (::geteuid() != 0)
            return "this needs root: run it with sudo";
        // Root is refused because of attributes of the file or device, not because of its mode.
        return "root is not allowed to, either: the file may be immutable (lsattr, chattr -i) or the device "
               "write-protected (blockdev --getro)";
    case EEXIST:
    case ENOTEMPTY:
        return "move away what is there and try again";
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
        return "something of another kind is there: look at it with ls -l and move it away";
    case EMFILE:
    case ENFILE:
        return "too many files are open: restart the program that has them open";
    default:
        return "look at the kernel's messages (dmesg) for the reason";
    }
}

} // namespace

void throw_storage_error(const std::string &operation, const std::filesystem::path &path, int error_number) {
    const std::string reason = std::generic_category().message(error_number);
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        throw StorageFull(operation, path, reason,
                          "free space on the file system or partition that holds it, then try again");
    case ENOENT:
        throw StorageNotFound(operation, path, reason, "check the path");
    case EBUSY:
        throw StorageBusy(operation, path, reason,
                          "it is in use: unmount it (findmnt shows where) and try again");
    default:
        throw StorageError(operation, path, reason, advice_for(error_number));
    }
}

} // namespace partitions
