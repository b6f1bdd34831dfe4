// Clones of files and copies of their attributes: the part of the real storage that copying a tree needs.
#include "partitions/base/file_descriptor.hpp"
#include "partitions/posix_error.hpp"
#include "partitions/posix_file.hpp"
#include "partitions/posix_storage.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <memory>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace partitions {

namespace {

using Path = std::filesystem::path;

void copy_range(PosixFile &from, PosixFile &to, std::uint64_t begin, std::uint64_t end) {
    constexpr std::size_t buffer_bytes = std::size_t{1} << 18;
    const auto memory = std::make_unique<std::byte[]>(buffer_bytes);
    while (begin < end) {
        const std::size_t wanted = std::min<std::uint64_t>(buffer_bytes, end - begin);
        const std::size_t got = from.read_at(begin, {memory.get(), wanted});
        if (got == 0)
            return; // the file became shorter meanwhile
        to.write_at(begin, {memory.get(), got});
        begin += got;
    }
}

// Only what holds data is copied, so that a sparse file stays sparse.
void copy_contents(const Path &from_path, int from_number, const Path &to_path, int to_number) {
    PosixFile from(from_path, OpenMode::read, base::FileDescriptor(::fcntl(from_number, F_DUPFD_CLOEXEC, 0)));
    PosixFile to(to_path, OpenMode::overwrite_in_place,
                 base::FileDescriptor(::fcntl(to_number, F_DUPFD_CLOEXEC, 0)));
    const auto size = static_cast<off_t>(from.size_bytes());
    if (::ftruncate(to_number, size) != 0)
        throw_storage_error("set the size of", to_path, errno);
    off_t position = 0;
    while (position < size) {
        const off_t data = ::lseek(from_number, position, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break; // the rest is a hole
        const off_t hole = data < 0 ? -1 : ::lseek(from_number, data, SEEK_HOLE);
        if (data < 0 || hole < 0)
            throw_storage_error("find the holes of", from_path, errno);
        copy_range(from, to, static_cast<std::uint64_t>(data), static_cast<std::uint64_t>(hole));
        position = hole;
    }
    to.close();
}

std::vector<std::string> attribute_names(const Path &path) {
    std::string names;
    for (;;) {
        const ssize_t needed = ::llistxattr(path.c_str(), nullptr, 0);
        if (needed < 0 && errno == EOPNOTSUPP)
            return {};
        if (needed < 0)
            throw_storage_error("list the extended attributes of", path, errno);
        names.resize(static_cast<std::size_t>(needed));
        const ssize_t got = ::llistxattr(path.c_str(), names.data(), names.size());
        if (got >= 0) {
            names.resize(static_cast<std::size_t>(got));
            break;
        }
        if (errno != ERANGE) // ERANGE: one was added between the two calls
            throw_storage_error("list the extended attributes of", path, errno);
    }
    std::vector<std::string> result;
    for (std::size_t begin = 0; begin < names.size();) {
        const std::size_t end = names.find('\0', begin);
        // XFS also shows access lists under a name of its own: copying system.posix_acl_... is enough.
        if (std::string name = names.substr(begin, end - begin); !name.starts_with("trusted.SGI_ACL_"))
            result.push_back(std::move(name));
        begin = end + 1;
    }
    return result;
}

std::string attribute_value(const Path &path, const std::string &name) {
    std::string value(XATTR_SIZE_MAX, '\0');
    const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (size < 0)
        throw_storage_error("read the extended attribute " + name + " of", path, errno);
    value.resize(static_cast<std::size_t>(size));
    return value;
}

void copy_extended_attributes(const Path &from, const Path &to) {
    const std::vector<std::string> names = attribute_names(from);
    // Remove access lists that the new file inherited from its directory.
    for (const std::string &name : attribute_names(to)) {
        const bool remains = std::ranges::find(names, name) != names.end() || name.starts_with("security.");
        if (!remains && ::lremovexattr(to.c_str(), name.c_str()) != 0)
            throw_storage_error("remove the extended attribute " + name + " of", to, errno);
    }
    for (const std::string &name : names) {
        const std::string value = attribute_value(from, name);
        if (::lsetxattr(to.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
            throw_storage_error("set the extended attribute " + name + " of", to, errno);
    }
}

} // namespace

void PosixStorage::clone_file(const Path &from, const Path &to) {
    base::FileDescriptor source(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!source.valid())
        throw_storage_error("open", from, errno);
    base::FileDescriptor target(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target.valid())
        throw_storage_error("make the file", to, errno);
    if (::ioctl(target.number(), FICLONE, source.number()) != 0) {
        // EINVAL: also what some file systems answer that cannot share blocks between these two files.
        if (errno != EOPNOTSUPP && errno != EXDEV && errno != EINVAL && errno != ENOTTY)
            throw_storage_error("clone " + from.string() + " as", to, errno);
        copy_contents(from, source.number(), to, target.number());
    }
    if (target.close() != 0)
        throw_storage_error("close", to, errno);
    copy_attributes(from, to);
}

void PosixStorage::copy_attributes(const Path &from, const Path &to) {
    struct stat status {};
    if (::lstat(from.c_str(), &status) != 0)
        throw_storage_error("look at", from, errno);
    // The order matters: a change of owner clears the set-user-id bits and file capabilities, so it comes
    // first; the times come last because everything else touches them.
    if (::lchown(to.c_str(), status.st_uid, status.st_gid) != 0)
        throw_storage_error("set the owner of", to, errno);
    copy_extended_attributes(from, to);
    if (!S_ISLNK(status.st_mode) && ::chmod(to.c_str(), status.st_mode & 07777) != 0)
        throw_storage_error("set the permissions of", to, errno);
    const timespec times[2] = {status.st_atim, status.st_mtim};
    if (::utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
        throw_storage_error("set the times of", to, errno);
}

} // namespace partitions
