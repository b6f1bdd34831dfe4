// System calls on names. Clones and attributes are in posix_clone.cpp.
#include "partitions/posix_storage.hpp"

#include "partitions/base/file_descriptor.hpp"
#include "partitions/direct_file.hpp"
#include "partitions/posix_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

namespace partitions {

namespace {

base::FileDescriptor open_descriptor(const std::string &operation, const std::filesystem::path &path,
                                     int flags, mode_t mode = 0) {
    int number = -1;
    do {
        number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    } while (number < 0 && errno == EINTR);
    if (number < 0)
        throw_storage_error(operation, path, errno);
    return base::FileDescriptor(number);
}

int flags_of(OpenMode mode) {
    switch (mode) {
    case OpenMode::read:
        return O_RDONLY;
    case OpenMode::create_or_truncate:
        return O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW;
    case OpenMode::append:
        return O_RDWR | O_CREAT | O_APPEND;
    case OpenMode::overwrite_in_place:
        return O_RDWR;
    case OpenMode::block_device:
        // O_EXCL on a block device fails while it is mounted (open(2)): nothing overwrites a system in use.
        return O_RDWR | O_DIRECT | O_EXCL;
    case OpenMode::block_device_shared:
        return O_RDONLY | O_DIRECT;
    }
    throw std::invalid_argument("unknown open mode");
}

void check(int result, const std::string &operation, const std::filesystem::path &path) {
    if (result != 0)
        throw_storage_error(operation, path, errno);
}

FileKind kind_of(mode_t mode) {
    if (S_ISREG(mode))
        return FileKind::file;
    if (S_ISDIR(mode))
        return FileKind::directory;
    return S_ISLNK(mode) ? FileKind::symlink : FileKind::other;
}

// Clears the flags immutable and append-only (chattr(1)), which keep even root from removing a name. Links
// and devices have none. A failure here shows when the caller repeats the refused operation.
void lift_protection(const std::filesystem::path &path) {
    const base::FileDescriptor descriptor(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    int flags = 0;
    if (descriptor.valid() && ::ioctl(descriptor.number(), FS_IOC_GETFLAGS, &flags) == 0 &&
        (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0) {
        flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
        static_cast<void>(::ioctl(descriptor.number(), FS_IOC_SETFLAGS, &flags));
    }
}

} // namespace

std::unique_ptr<File> PosixStorage::open(const std::filesystem::path &path, OpenMode mode,
                                         mode_t create_mode) {
    base::FileDescriptor descriptor = open_descriptor("open", path, flags_of(mode), create_mode);
    if (mode == OpenMode::create_or_truncate) {
        // Neither an existing file, such as the leftovers of an interrupted write, nor the umask may decide
        // who can read it.
        check(::fchmod(descriptor.number(), create_mode), "set the permissions of", path);
    }
    if (mode == OpenMode::block_device || mode == OpenMode::block_device_shared)
        return std::make_unique<DirectFile>(path, mode, std::move(descriptor));
    return std::make_unique<PosixFile>(path, mode, std::move(descriptor));
}

void PosixStorage::rename(const std::filesystem::path &from, const std::filesystem::path &to) {
    if (::rename(from.c_str(), to.c_str()) == 0)
        return;
    if (errno == EPERM)
        for (const auto &path : {from, from.parent_path(), to, to.parent_path()})
            lift_protection(path);
    check(::rename(from.c_str(), to.c_str()), "rename " + from.string() + " to", to);
}

void PosixStorage::remove(const std::filesystem::path &path) {
    if (std::remove(path.c_str()) == 0)
        return;
    if (errno == EPERM) {
        lift_protection(path);
        lift_protection(path.parent_path());
    }
    check(std::remove(path.c_str()), "remove", path);
}

void PosixStorage::make_directory(const std::filesystem::path &path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) == 0)
        return;
    const int error_number = errno;
    struct stat status {};
    // A link to a directory is fine too: stat follows it.
    if (error_number != EEXIST || ::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        throw_storage_error("make the directory", path, error_number);
}

void PosixStorage::make_symlink(const std::filesystem::path &target, const std::filesystem::path &link) {
    check(::symlink(target.c_str(), link.c_str()), "make the symbolic link", link);
}

void PosixStorage::make_hard_link(const std::filesystem::path &existing, const std::filesystem::path &link) {
    check(::linkat(AT_FDCWD, existing.c_str(), AT_FDCWD, link.c_str(), 0), "make the hard link", link);
}

void PosixStorage::make_node(const std::filesystem::path &path, mode_t mode, dev_t device) {
    check(::mknod(path.c_str(), mode, device), "make the device or FIFO", path);
}

void PosixStorage::sync_directory(const std::filesystem::path &path) {
    const base::FileDescriptor descriptor =
        open_descriptor("open the directory", path, O_RDONLY | O_DIRECTORY);
    check(::fsync(descriptor.number()), "make durable the names in", path);
}

void PosixStorage::sync_filesystem(const std::filesystem::path &path) {
    const base::FileDescriptor descriptor = open_descriptor("open", path, O_RDONLY | O_NONBLOCK);
    check(::syncfs(descriptor.number()), "make durable the file system of", path);
}

std::vector<std::filesystem::path> PosixStorage::list(const std::filesystem::path &directory) {
    std::error_code error;
    std::vector<std::filesystem::path> paths;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error))
        paths.push_back(entry->path());
    if (error)
        throw_storage_error("list the directory", directory, error.value());
    std::ranges::sort(paths);
    return paths;
}

FileKind PosixStorage::kind(const std::filesystem::path &path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0)
        return kind_of(status.st_mode);
    if (errno != ENOENT && errno != ENOTDIR)
        throw_storage_error("look at", path, errno);
    return FileKind::none;
}

FileDetails PosixStorage::details(const std::filesystem::path &path) {
    struct stat status {};
    check(::lstat(path.c_str(), &status), "look at", path);
    return {.kind = kind_of(status.st_mode),
            .mode = status.st_mode,
            .owner = status.st_uid,
            .group = status.st_gid,
            .size_bytes = static_cast<std::uint64_t>(status.st_size),
            .link_count = status.st_nlink,
            .identity = status.st_ino,
            .device = status.st_rdev};
}

std::filesystem::path PosixStorage::read_symlink(const std::filesystem::path &path) {
    std::error_code error;
    std::filesystem::path target = std::filesystem::read_symlink(path, error);
    if (error)
        throw_storage_error("read the symbolic link", path, error.value());
    return target;
}

} // namespace partitions
