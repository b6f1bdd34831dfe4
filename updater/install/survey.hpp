// Which chunks of the image a partition holds already, found by reading it. Writes nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/chunk_index.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace updater::install {

struct Survey {
    std::vector<bool> present;    ///< for each chunk: the device holds exactly its bytes
    std::uint64_t read_bytes = 0; ///< of the image; all of it was looked at when this is its length
};

/// Looks at a few chunks first and, if none of them is there, takes it that none is: a partition that holds
/// another system is not read for nothing. The first chunks are among those few, since an installation that
/// was cut short began with them. The device is open in a block_device mode and as long as the image. Throws
/// StorageError, Cancelled.
Survey survey(partitions::File &device, const firmware::ChunkIndex &index, unsigned threads,
              const std::function<void(std::uint64_t bytes)> &pace,
              const std::function<void(std::uint64_t bytes_done)> &progress, const std::stop_token &stop);

} // namespace updater::install
