// Whiteouts, opaque directories and attributes by system calls; see the header.
#include "hooks/overlay/overlay_format.hpp"

#include "hooks/conversion_program.hpp"
#include "partitions/base/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <optional>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace hooks::overlay {

namespace {

constexpr const char *opaque_name = "trusted.overlay.opaque";
constexpr std::string_view mark_prefix = "trusted.overlay.";
constexpr const char *protection_name = "trusted.overlay.protattr"; // "i", "a" or both

constexpr unsigned protecting_flags = FS_IMMUTABLE_FL | FS_APPEND_FL;
constexpr unsigned carried_flags = protecting_flags | FS_NOATIME_FL | FS_NODUMP_FL | FS_SYNC_FL;

[[noreturn]] void fail(const char *operation, const std::filesystem::path &path) {
    throw std::system_error(errno, std::generic_category(), std::string(operation) + " " + path.string());
}

struct stat status_of(const std::filesystem::path &path) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0)
        fail("look at", path);
    return status;
}

std::optional<std::string> read_extended(const std::filesystem::path &path, const char *name) {
    std::vector<char> value(64 * 1024); // XATTR_SIZE_MAX
    const ssize_t length = lgetxattr(path.c_str(), name, value.data(), value.size());
    if (length < 0) {
        if (errno == ENODATA || errno == ENOTSUP)
            return std::nullopt;
        fail("read an extended attribute of", path);
    }
    return std::string(value.data(), static_cast<std::size_t>(length));
}

std::vector<std::string> extended_names(const std::filesystem::path &path) {
    std::vector<char> names(64 * 1024); // XATTR_LIST_MAX
    const ssize_t length = llistxattr(path.c_str(), names.data(), names.size());
    if (length < 0) {
        if (errno == ENOTSUP)
            return {};
        fail("list the extended attributes of", path);
    }
    std::vector<std::string> result;
    for (const char *name = names.data(); name < names.data() + length; name += result.back().size() + 1)
        result.emplace_back(name);
    // XFS also shows access lists under a second name; setting that after the first would undo it.
    std::erase_if(result, [](const std::string &name) { return name.starts_with("trusted.SGI_ACL_"); });
    return result;
}

// Only of files and directories; 0 where the file system has none.
unsigned read_inode_flags(const std::filesystem::path &path, mode_t mode) {
    if (!S_ISREG(mode) && !S_ISDIR(mode))
        return 0;
    const partitions::base::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    int flags = 0;
    if (!file.valid() || ioctl(file.number(), FS_IOC_GETFLAGS, &flags) != 0)
        return 0;
    return static_cast<unsigned>(flags) & carried_flags;
}

unsigned read_marked_flags(const std::filesystem::path &path) {
    unsigned flags = 0;
    for (const char letter : read_extended(path, protection_name).value_or(""))
        flags |= letter == 'i' ? FS_IMMUTABLE_FL : letter == 'a' ? FS_APPEND_FL : 0;
    return flags;
}

} // namespace

bool is_whiteout(partitions::Storage &storage, const std::filesystem::path &path) {
    const partitions::FileDetails details = storage.details(path);
    return S_ISCHR(details.mode) && details.device == makedev(0, 0);
}

bool is_opaque(const std::filesystem::path &directory) {
    return read_extended(directory, opaque_name) == "y";
}

void refuse_unsupported_marks(const std::filesystem::path &path) {
    for (const char *name :
         {"trusted.overlay.redirect", "trusted.overlay.metacopy", "trusted.overlay.whiteout"})
        if (read_extended(path, name))
            throw ConversionFailed(
                path.string() + " has the overlay mark " + name +
                ", which cannot be carried over; mount /etc with redirect_dir=off,metacopy=off");
    const std::optional<std::string> opaque = read_extended(path, opaque_name);
    if (opaque && *opaque != "y")
        throw ConversionFailed(path.string() + " has an unknown value of the overlay mark " + opaque_name);
}

void make_whiteout(partitions::Storage &storage, const std::filesystem::path &path) {
    storage.make_node(path, S_IFCHR, makedev(0, 0));
}

void make_opaque(const std::filesystem::path &directory) {
    if (lsetxattr(directory.c_str(), opaque_name, "y", 1, 0) != 0)
        fail("mark as opaque", directory);
}

void remove_marks(const std::filesystem::path &path) {
    for (const std::string &name : extended_names(path))
        if (name.starts_with(mark_prefix) && lremovexattr(path.c_str(), name.c_str()) != 0)
            fail("remove an overlay mark of", path);
}

Attributes read_attributes(const std::filesystem::path &path) {
    const struct stat status = status_of(path);
    Attributes attributes;
    attributes.permissions = S_ISLNK(status.st_mode) ? mode_t{0} : status.st_mode & mode_t{07777};
    attributes.owner = status.st_uid;
    attributes.group = status.st_gid;
    for (const std::string &name : extended_names(path))
        if (!name.starts_with(mark_prefix))
            if (const std::optional<std::string> value = read_extended(path, name.c_str()))
                attributes.extended[name] = *value;
    attributes.flags = read_inode_flags(path, status.st_mode) | read_marked_flags(path);
    return attributes;
}

std::optional<std::string> read_extended_attribute(const std::filesystem::path &path, const char *name) {
    return read_extended(path, name);
}

void set_attributes(const std::filesystem::path &path, const Attributes &attributes) {
    if (lchown(path.c_str(), attributes.owner, attributes.group) != 0)
        fail("change the owner of", path);
    // After the owner: changing that clears the set-user-id bits and file capabilities.
    if (!S_ISLNK(status_of(path).st_mode) && chmod(path.c_str(), attributes.permissions) != 0)
        fail("change the mode of", path);
    for (const std::string &name : extended_names(path))
        if (!name.starts_with(mark_prefix) && !attributes.extended.contains(name) &&
            lremovexattr(path.c_str(), name.c_str()) != 0)
            fail("remove an extended attribute of", path);
    for (const auto &[name, value] : attributes.extended)
        if (lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
            fail("set an extended attribute of", path);
}

void set_flags(const std::filesystem::path &path, unsigned flags) {
    const partitions::base::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    int all = 0;
    if (!file.valid() || ioctl(file.number(), FS_IOC_GETFLAGS, &all) != 0)
        fail("read the flags of", path);
    all = static_cast<int>((static_cast<unsigned>(all) & ~carried_flags) | (flags & carried_flags));
    if (ioctl(file.number(), FS_IOC_SETFLAGS, &all) != 0)
        fail("set the flags (chattr) of", path);
}

void mark_flags(const std::filesystem::path &path, unsigned flags) {
    std::string marks;
    marks += (flags & FS_APPEND_FL) != 0 ? "a" : "";
    marks += (flags & FS_IMMUTABLE_FL) != 0 ? "i" : "";
    if (!marks.empty() && lsetxattr(path.c_str(), protection_name, marks.data(), marks.size(), 0) != 0)
        fail("mark as protected", path);
    if ((flags & ~protecting_flags) != 0)
        set_flags(path, flags & ~protecting_flags);
}

bool is_protected(unsigned flags) {
    return (flags & protecting_flags) != 0;
}

void copy_times(const std::filesystem::path &from, const std::filesystem::path &to) {
    const struct stat status = status_of(from);
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    if (utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
        fail("set the times of", to);
}

} // namespace hooks::overlay
