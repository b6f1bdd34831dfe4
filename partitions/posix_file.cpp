// System calls on an open file. Every result is checked; an interrupted call is repeated, a short one
// continued.
#include "partitions/posix_file.hpp"

#include "partitions/posix_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace partitions {

namespace {

off_t as_offset(std::uint64_t offset_bytes) {
    return static_cast<off_t>(offset_bytes);
}

} // namespace

PosixFile::PosixFile(std::filesystem::path path, OpenMode mode, base::FileDescriptor descriptor)
    : path_(std::move(path)), mode_(mode), descriptor_(std::move(descriptor)) {}

void PosixFile::fail(const std::string &operation, int error_number) const {
    throw_storage_error(operation, path_, error_number);
}

int PosixFile::number(const char *operation) const {
    if (!descriptor_.valid())
        throw StorageError(operation, path_, "it is closed already",
                           "this is an error in the program: report it");
    return descriptor_.number();
}

std::size_t PosixFile::read_fully(std::uint64_t offset_bytes, std::span<std::byte> into) const {
    const int descriptor = number("read");
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t count =
            ::pread(descriptor, into.data() + done, into.size() - done, as_offset(offset_bytes + done));
        if (count == 0)
            break;
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            fail("read", errno);
    }
    return done;
}

void PosixFile::write_fully(std::uint64_t offset_bytes, std::span<const std::byte> bytes) const {
    const int descriptor = number("write");
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count =
            ::pwrite(descriptor, bytes.data() + done, bytes.size() - done, as_offset(offset_bytes + done));
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (count == 0)
            fail("write", EIO);
        else if (errno != EINTR)
            fail("write", errno);
    }
}

std::size_t PosixFile::read_at(std::uint64_t offset_bytes, std::span<std::byte> into) {
    return read_fully(offset_bytes, into);
}

void PosixFile::write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    // With O_APPEND, Linux's pwrite ignores the offset (pwrite(2), BUGS).
    if (mode_ == OpenMode::append)
        fail("write at an offset of a file opened for appending,", EINVAL);
    write_fully(offset_bytes, bytes);
}

void PosixFile::append(std::span<const std::byte> bytes) {
    write_fully(size_bytes(), bytes);
}

void PosixFile::zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    if (length_bytes == 0)
        return;
    if (::fallocate(number("zero"), FALLOC_FL_ZERO_RANGE, as_offset(offset_bytes), as_offset(length_bytes)) ==
        0)
        return;
    if (errno != EOPNOTSUPP)
        fail("zero a part of", errno);
    write_zeros(offset_bytes, length_bytes);
}

void PosixFile::write_zeros(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    static constexpr std::array<std::byte, 65536> zeros{};
    for (std::uint64_t done = 0; done < length_bytes;) {
        const std::size_t count = std::min<std::uint64_t>(zeros.size(), length_bytes - done);
        write_fully(offset_bytes + done, std::span(zeros).first(count));
        done += count;
    }
}

bool PosixFile::zeroes_by_itself() {
    struct stat status {};
    if (::fstat(number("look at"), &status) != 0)
        fail("look at", errno);
    if (!S_ISBLK(status.st_mode))
        return true; // fallocate(2)
    // Of a partition, the disk above it has the queue (Documentation/ABI/stable/sysfs-block).
    const std::string device = "/sys/dev/block/" + std::to_string(major(status.st_rdev)) + ":" +
                               std::to_string(minor(status.st_rdev));
    for (const char *queue : {"/queue", "/../queue"}) {
        std::ifstream limit(device + queue + "/write_zeroes_max_bytes");
        if (std::uint64_t bytes = 0; limit >> bytes)
            return bytes > 0;
    }
    return false;
}

std::uint64_t PosixFile::size_bytes() {
    struct stat status {};
    if (::fstat(number("find the size of"), &status) != 0)
        fail("find the size of", errno);
    if (!S_ISBLK(status.st_mode))
        return static_cast<std::uint64_t>(status.st_size);
    std::uint64_t size = 0;
    if (::ioctl(number("find the size of"), BLKGETSIZE64, &size) != 0)
        fail("find the size of", errno);
    return size;
}

void PosixFile::sync() {
    // Not repeated after a failure: the kernel has dropped the error and the pages by then (fsync(2), NOTES).
    if (::fsync(number("make durable")) != 0)
        fail("make durable", errno);
}

void PosixFile::close() {
    number("close");
    // EINTR included: on Linux the descriptor is gone then, and whether the data arrived is unknown.
    if (descriptor_.close() != 0)
        fail("close", errno);
}

} // namespace partitions
