// Makes many reads of any offset and length from a device that must be read in whole blocks and is slow for
// each read. Does not know what is read.
#pragma once

#include "partitions/aligned_buffer.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/byte_range.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace updater::install {

/// Reads in the order of the device, and combines reads that are close together. Long, aligned reads go
/// directly to their destination, the others through a buffer of 1 MiB. For one thread.
class ScatteredReads {
  public:
    /// `device` is open in a block_device mode and outlives this object.
    explicit ScatteredReads(partitions::File &device) : device_(device) {}

    /// False if the device ends too early. Throws StorageError.
    bool read(std::vector<firmware::BaseRead> reads);

  private:
    /// Does the aligned part of each long read; adds what is left, in short pieces, to `rest`.
    bool read_directly(const std::vector<firmware::BaseRead> &reads, std::vector<firmware::BaseRead> &rest);
    bool read_together(std::span<const firmware::BaseRead> reads, const firmware::ByteRange &blocks);

    static constexpr std::size_t window_bytes = 1024UL * 1024;
    partitions::File &device_;
    partitions::AlignedBuffer window_{window_bytes};
};

} // namespace updater::install
