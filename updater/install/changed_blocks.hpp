// Finds the blocks that changed in chunks that aren't as signed, by another partition that holds the same
// chunks. Changes nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/byte_range.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/install/effort.hpp"

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace updater::install {

/// Of more chunks the rest is taken as a whole.
inline constexpr std::size_t max_compared_chunks = 16;

/// `places`: of chunks of `device` that differ, in the order of the index. A chunk that `twin` doesn't hold
/// as signed, or that can't be read, is a changed place as a whole. Throws Cancelled.
std::vector<firmware::ByteRange> changed_blocks(partitions::File &device, partitions::File &twin,
                                                const firmware::ChunkIndex &index,
                                                std::span<const firmware::ByteRange> places,
                                                const Effort &effort, const std::stop_token &stop);

} // namespace updater::install
