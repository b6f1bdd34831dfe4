// Finds the chunks of the image that a partition already holds, by reading it. Writes nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/install/effort.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace updater::install {

struct Survey {
    std::vector<bool> present;    ///< for each chunk: the device holds exactly its bytes
    std::uint64_t read_bytes = 0; ///< of the image; equal to its length if all of it was read
};

/// Checks a few chunks first. If none of them is there, it assumes that none is, so that a partition with
/// another system is not read in vain. The first chunks of the image are among those few, since an
/// interrupted installation began with them. The device is open in a block_device mode and at least as long
/// as the image. Throws StorageError, Cancelled.
Survey survey(partitions::File &device, const firmware::ChunkIndex &index, const Effort &effort,
              const std::function<void(std::uint64_t bytes_done)> &progress, const std::stop_token &stop);

} // namespace updater::install
