// Writes an OS image to a partition past the page cache, so that a running mail system keeps its cache, and
// writes only what is not there already. Does not know where the bytes come from or whether they are the
// right ones; read_back.hpp tells what arrived.
#pragma once

#include "partitions/aligned_buffer.hpp"
#include "partitions/storage.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace partitions {

/// The image does not fit the partition; nothing beyond its end was written.
class ImageTooLarge : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Holds the device exclusively until finish(). Nothing is durable before finish() returns, but for what a
/// checkpoint has synced, and without it no complete image is there; the partition must be marked unbootable
/// before the first write. write() and zero() may be called by several threads for ranges that do not
/// overlap.
class PartitionWriter {
  public:
    /// What one thread needs for comparing.
    class Scratch {
      public:
        static constexpr std::size_t window_bytes = 512UL * 1024;

      private:
        friend class PartitionWriter;
        AlignedBuffer window_{window_bytes};
    };

    /// partition_bytes: nothing is written at or beyond this offset. After every checkpoint_bytes written
    /// what was written is synced. Throws StorageError (StorageBusy if the device is mounted), ImageTooLarge
    /// when the device is smaller than the partition should be.
    PartitionWriter(Storage &storage, const std::filesystem::path &device, std::uint64_t partition_bytes,
                    std::uint64_t checkpoint_bytes);

    /// Makes the range hold these bytes. Blocks that hold them already are left alone, unless samples say
    /// that nothing of the range does; long runs of zeros are left to the device. The offset is a multiple of
    /// File::block_alignment_bytes, and so is where the bytes lie in memory. Throws ImageTooLarge,
    /// StorageError.
    void write(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch);

    /// Makes the range read as zeros; where that means writing them, only where there are none. Throws as
    /// write.
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes, Scratch &scratch);

    /// What the device holds now; any alignment of memory, the offset as for write.
    std::size_t read(std::uint64_t offset_bytes, std::span<std::byte> into);

    /// Syncs. On return all that was written is durable; the device stays open for reading back.
    void sync();
    File &file();

    /// Closes. Throws StorageError.
    void finish();

    std::uint64_t written_bytes() const { return written_bytes_; }
    std::uint64_t zeroed_bytes() const { return zeroed_bytes_; }

  private:
    void check_range(std::uint64_t offset_bytes, std::uint64_t length_bytes) const;
    void write_data(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch);
    bool holds_some_of(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch);
    bool may_be_zero(std::uint64_t offset_bytes, std::uint64_t length_bytes, Scratch &scratch);
    void write_differing(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch);
    void put(std::uint64_t offset_bytes, std::span<const std::byte> bytes);
    void put_zeros(std::uint64_t offset_bytes, std::uint64_t length_bytes);
    void count(std::atomic<std::uint64_t> &counter, std::uint64_t bytes);

    std::filesystem::path device_;
    std::uint64_t partition_bytes_;
    std::uint64_t checkpoint_bytes_;
    std::unique_ptr<File> file_;
    bool zeroes_by_itself_; ///< if not, zeros are written only where there are none
    std::atomic<std::uint64_t> written_bytes_ = 0;
    std::atomic<std::uint64_t> zeroed_bytes_ = 0;
    std::atomic<std::uint64_t> since_checkpoint_bytes_ = 0;
    std::atomic<unsigned> strange_ranges_ = 0; ///< in a row of which nothing was there already
};

} // namespace partitions
