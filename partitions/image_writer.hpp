// Writes an OS image to a partition past the page cache, so that a running mail system keeps its cache. Does
// not know where the bytes come from or whether they are the right ones; read_back.hpp tells what arrived.
#pragma once

#include "partitions/partition_writer.hpp"
#include "partitions/storage.hpp"

namespace partitions {

// Holds the device exclusively from construction to finish(): throws StorageBusy if it is mounted.
// Nothing is durable before finish() returns, and without it no complete image is there; the partition must
// be marked unbootable before the first write.
class ImageWriter {
  public:
    // partition_bytes: nothing is written at or beyond this offset. Throws StorageError, ImageTooLarge when
    // the device is smaller than that.
    ImageWriter(Storage &storage, const std::filesystem::path &device, std::uint64_t partition_bytes);

    // Offsets: multiples of File::block_alignment_bytes; the last length may be any. Throw ImageTooLarge,
    // StorageError.
    void write(std::uint64_t offset_bytes, std::span<const std::byte> bytes);
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes);
    // Syncs and closes. On return all is durable.
    void finish();

  private:
    void check_range(std::uint64_t offset_bytes, std::uint64_t length_bytes) const;

    std::filesystem::path device_;
    std::uint64_t partition_bytes_;
    std::unique_ptr<File> file_;
};

} // namespace partitions
