// Reads of any place and length from a device that can only be read in whole blocks. Knows nothing of what is
// read.
#pragma once

#include "partitions/aligned_buffer.hpp"
#include "partitions/storage.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace updater {

/// Whole blocks that go to whole blocks of memory are read straight there; for the rest a few windows are
/// kept, the least used of which makes room. For one thread.
class BaseWindows {
  public:
    /// `device` is open in a block_device mode and outlives this object.
    explicit BaseWindows(partitions::File &device) : device_(device) {}

    /// False if the device ends before. Throws StorageError.
    bool read(std::uint64_t offset_bytes, std::span<std::byte> into);

  private:
    static constexpr std::size_t window_bytes = 64UL * 1024;
    struct Window {
        std::uint64_t offset_bytes = 0;
        std::size_t length_bytes = 0; ///< 0: holds nothing
        std::uint64_t last_use = 0;
        partitions::AlignedBuffer bytes{window_bytes};
    };

    /// A window that holds this byte; it may hold less if the device ends.
    Window &window_at(std::uint64_t offset_bytes);

    partitions::File &device_;
    std::array<Window, 8> windows_;
    std::uint64_t uses_ = 0;
};

} // namespace updater
