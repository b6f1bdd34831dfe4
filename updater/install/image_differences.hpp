// Compares a partition with the signed index and says where it differs. Unlike image_check.hpp it goes on
// after the first difference, and a place that cannot be read is one. Changes nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/byte_range.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/install/effort.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace updater::install {

struct ImageDifferences {
    static constexpr std::size_t max_ranges = 8;

    std::size_t chunks = 0;           ///< of the image
    std::size_t differing_chunks = 0; ///< those that cannot be read included
    std::size_t unreadable_chunks = 0;
    std::uint64_t differing_bytes = 0; ///< length of the chunks that differ
    /// The first places that differ; chunks that follow upon each other are one.
    std::vector<firmware::ByteRange> ranges;
};

/// Reads the device past the page cache; it is open in a block_device mode. `progress` gets the bytes of the
/// image that were read. Throws Cancelled.
ImageDifferences differences_of_image(partitions::File &device, const firmware::ChunkIndex &index,
                                      const Effort &effort,
                                      const std::function<void(std::uint64_t done)> &progress,
                                      const std::stop_token &stop);

} // namespace updater::install
