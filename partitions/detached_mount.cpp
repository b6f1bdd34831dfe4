#include "partitions/detached_mount.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mount.h>

namespace partitions {

namespace {

// The kernel's messages about a failure: lines "e TEXT", "w TEXT", "i TEXT" (fsopen(2), "Error messages").
std::string words_of_kernel(int context) {
    std::array<char, 512> line{};
    std::string words;
    for (ssize_t length = 0; (length = ::read(context, line.data(), line.size())) > 0;) {
        const std::string_view text(line.data(), static_cast<std::size_t>(length));
        if (text.starts_with("e "))
            words += (words.empty() ? "" : "; ") + std::string(text.substr(2));
    }
    return words;
}

[[noreturn]] void throw_mount_error(const std::filesystem::path &device, DetachedMount::Access access,
                                    int error, const std::string &words) {
    const std::string what = "cannot mount " + device.string() + ": " + std::strerror(error) +
                             (words.empty() ? "" : " (" + words + ")");
    if (error == EBUSY) {
        throw MountBusy(what + "; it is mounted elsewhere, " +
                        (access == DetachedMount::Access::writable ? "read-only" : "writable") +
                        ". Where: findmnt -S " + device.string() + "; unmount it there with: umount " +
                        device.string());
    }
    if (error == EROFS || error == EACCES) {
        throw MountError(
            what + "; the device is write-protected: check its switch and its state (blockdev --getro " +
            device.string() + ", dmesg)");
    }
    throw MountError(what + "; the kernel's messages (dmesg) tell more");
}

bool is_for_damaged(int context) {
    return ::fsconfig(context, FSCONFIG_SET_FLAG, "noload", nullptr, 0) == 0 &&
           ::fsconfig(context, FSCONFIG_SET_STRING, "errors", "continue", 0) == 0;
}

// The superblock of the device, ready to be mounted; invalid, with errno set, when the kernel refuses.
base::FileDescriptor superblock(const std::filesystem::path &device, const std::string &type,
                                DetachedMount::Access access, std::string &words) {
    base::FileDescriptor context(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
    if (!context.valid())
        return context;
    if (::fsconfig(context.number(), FSCONFIG_SET_STRING, "source", device.c_str(), 0) == 0 &&
        (access == DetachedMount::Access::writable ||
         ::fsconfig(context.number(), FSCONFIG_SET_FLAG, "ro", nullptr, 0) == 0) &&
        (access != DetachedMount::Access::damaged || is_for_damaged(context.number())) &&
        ::fsconfig(context.number(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0)
        return context;
    const int error = errno;
    words = words_of_kernel(context.number());
    context = base::FileDescriptor();
    errno = error;
    return context;
}

} // namespace

DetachedMount::DetachedMount(const std::filesystem::path &device, const std::string &type, Access access)
    : written_(access == Access::writable) {
    std::string words;
    base::FileDescriptor context = superblock(device, type, access, words);
    // Already mounted writable elsewhere: the superblock is shared, and only this view is read-only.
    if (!context.valid() && errno == EBUSY && access == Access::read_only)
        context = superblock(device, type, Access::writable, words);
    if (!context.valid())
        throw_mount_error(device, access, errno, words);
    const unsigned int attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
                                    (written_ ? 0U : static_cast<unsigned int>(MOUNT_ATTR_RDONLY));
    root_ = base::FileDescriptor(::fsmount(context.number(), FSMOUNT_CLOEXEC, attributes));
    if (!root_.valid()) {
        const int error = errno;
        throw_mount_error(device, access, error, words_of_kernel(context.number()));
    }
}

std::filesystem::path DetachedMount::path() const {
    return "/proc/self/fd/" + std::to_string(root_.number());
}

void DetachedMount::unmount() {
    int error = 0;
    if (written_) {
        // The mount's own descriptor only names a place; syncfs(2) wants one that is open.
        const base::FileDescriptor open_root(::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!open_root.valid() || ::syncfs(open_root.number()) != 0)
            error = errno;
    }
    if (root_.close() != 0 && error == 0)
        error = errno;
    if (error != 0)
        throw MountError(std::string("cannot write back what was changed: ") + std::strerror(error));
}

} // namespace partitions
