// What direct I/O demands of its caller, kept from the callers of File.
#include "partitions/direct_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace partitions {

namespace {

// How many bytes, from the front, direct I/O can take from memory without a copy.
std::size_t straight_bytes(std::span<const std::byte> memory) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(memory.data()) % File::block_alignment_bytes == 0;
    return aligned ? memory.size() / File::block_alignment_bytes * File::block_alignment_bytes : 0;
}

} // namespace

DirectFile::DirectFile(std::filesystem::path path, OpenMode mode, base::FileDescriptor descriptor)
    : PosixFile(std::move(path), mode, std::move(descriptor)), buffer_(buffer_bytes) {}

void DirectFile::check_aligned(const char *operation, std::uint64_t offset_bytes) const {
    if (offset_bytes % block_alignment_bytes != 0)
        fail(std::string(operation) + " at an offset that is no multiple of 4096 bytes,", EINVAL);
}

std::size_t DirectFile::read_at(std::uint64_t offset_bytes, std::span<std::byte> into) {
    check_aligned("read", offset_bytes);
    const std::size_t straight = straight_bytes(into);
    const std::size_t got = read_fully(offset_bytes, into.first(straight));
    if (got < straight || straight == into.size())
        return got;
    return got + read_through_buffer(offset_bytes + got, into.subspan(got));
}

std::size_t DirectFile::read_through_buffer(std::uint64_t offset_bytes, std::span<std::byte> into) {
    const std::lock_guard lock(buffer_in_use_);
    std::size_t done = 0;
    while (done < into.size()) {
        const std::size_t wanted = std::min(buffer_bytes, into.size() - done);
        const std::size_t rounded =
            (wanted + block_alignment_bytes - 1) / block_alignment_bytes * block_alignment_bytes;
        const std::size_t got = std::min(wanted, read_fully(offset_bytes + done, buffer_.first(rounded)));
        std::memcpy(into.data() + done, buffer_.data(), got);
        done += got;
        if (got < wanted)
            break;
    }
    return done;
}

void DirectFile::write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    check_aligned("write", offset_bytes);
    const std::size_t straight = straight_bytes(bytes);
    write_fully(offset_bytes, bytes.first(straight));
    write_through_buffer(offset_bytes + straight, bytes.subspan(straight));
}

void DirectFile::write_through_buffer(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    const std::lock_guard lock(buffer_in_use_);
    while (!bytes.empty()) {
        const std::size_t count = std::min(buffer_bytes, bytes.size());
        const std::size_t whole = count / block_alignment_bytes * block_alignment_bytes;
        std::size_t written = count;
        if (whole != count) {
            // The rest of the last block keeps its contents on the device.
            const auto last_block = buffer_.span().subspan(whole, block_alignment_bytes);
            const std::size_t present = read_fully(offset_bytes + whole, last_block);
            std::ranges::fill(last_block.subspan(present), std::byte{0});
            written = whole + block_alignment_bytes;
        }
        std::memcpy(buffer_.data(), bytes.data(), count);
        write_fully(offset_bytes, buffer_.first(written));
        offset_bytes += count;
        bytes = bytes.subspan(count);
    }
}

void DirectFile::append(std::span<const std::byte>) {
    fail("append to a block device", EINVAL);
}

void DirectFile::zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    check_aligned("zero a part", offset_bytes);
    const std::uint64_t whole = length_bytes / block_alignment_bytes * block_alignment_bytes;
    if (whole != 0) {
        std::uint64_t range[2] = {offset_bytes, whole};
        if (::ioctl(number("zero"), BLKZEROOUT, range) != 0) {
            if (errno != ENOTTY)
                fail("zero a part of", errno);
            PosixFile::zero(offset_bytes, whole); // a regular file in the place of a device
        }
    }
    static constexpr std::array<std::byte, block_alignment_bytes> zeros{};
    write_at(offset_bytes + whole, std::span(zeros).first(length_bytes - whole));
}

} // namespace partitions
