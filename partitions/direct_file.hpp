// Open block devices of the real storage, past the page cache. Private to partitions/.
#pragma once

#include "partitions/aligned_buffer.hpp"
#include "partitions/posix_file.hpp"

#include <mutex>

namespace partitions {

/// O_DIRECT wants memory, offsets and lengths aligned to the device's blocks: what is not aligned goes
/// through one aligned buffer, so that callers need not know.
class DirectFile : public PosixFile {
  public:
    DirectFile(std::filesystem::path path, OpenMode mode, base::FileDescriptor descriptor);

    std::size_t read_at(std::uint64_t offset_bytes, std::span<std::byte> into) override;
    void write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override;
    void append(std::span<const std::byte> bytes) override;
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) override;

  private:
    static constexpr std::size_t buffer_bytes = std::size_t{256} << 10;

    void check_aligned(const char *operation, std::uint64_t offset_bytes) const;
    std::size_t read_through_buffer(std::uint64_t offset_bytes, std::span<std::byte> into);
    void write_through_buffer(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

    std::mutex buffer_in_use_;
    AlignedBuffer buffer_;
};

} // namespace partitions
