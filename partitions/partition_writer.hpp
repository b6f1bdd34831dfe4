// Writes an OS image to a partition past the page cache, so that a running mail system keeps its cache.
// Writes only blocks that differ. Does not know where the bytes come from or whether they are correct;
// read_back.hpp checks what arrived.
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

/// Holds the device exclusively until finish(). Before finish() returns only what a checkpoint has synced is
/// durable and the image is incomplete, so the partition must be marked unbootable before the first write.
/// write() and zero() may be called by several threads for ranges that do not overlap.
class PartitionWriter {
  public:
    /// One thread's buffers for comparing.
    class Scratch {
      public:
        static constexpr std::size_t window_bytes = 512UL * 1024;

      private:
        friend class PartitionWriter;
        AlignedBuffer window_{window_bytes};
    };

    /// partition_bytes: nothing is written at or beyond this offset. Syncs after every checkpoint_bytes
    /// written. Throws StorageError (StorageBusy if the device is mounted), ImageTooLarge when the device is
    /// smaller than the partition should be.
    PartitionWriter(Storage &storage, const std::filesystem::path &device, std::uint64_t partition_bytes,
                    std::uint64_t checkpoint_bytes);

    /// Makes the range hold these bytes. Skips blocks that hold them already, unless samples show that the
    /// range holds other data; long runs of zeros are zeroed by the device. The offset and the address of the
    /// bytes are multiples of File::block_alignment_bytes. Throws ImageTooLarge, StorageError.
    void write(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch);

    /// Makes the range read as zeros. If the device cannot zero by itself, writes only blocks that are not
    /// zero. Throws as write().
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes, Scratch &scratch);

    /// What the device holds now. Any alignment in memory; the offset as for write().
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
    bool zeroes_by_itself_; ///< if not, zeros are written, only to blocks that are not zero
    std::atomic<std::uint64_t> written_bytes_ = 0;
    std::atomic<std::uint64_t> zeroed_bytes_ = 0;
    std::atomic<std::uint64_t> since_checkpoint_bytes_ = 0;
    std::atomic<unsigned> differing_ranges_ = 0; ///< consecutive ranges of which no block was there already
};

} // namespace partitions
