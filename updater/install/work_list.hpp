// Lists how each missing chunk of the image is made, and which ranges of the firmware file that needs.
// Decides nothing and reads nothing.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/install/block_lookup.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace updater::install {

struct ChunkTask {
    enum class How {
        zero,     ///< zeros, nothing is fetched
        whole,    ///< from the stored chunk
        patch,    ///< from its patch record and the base
        assemble, ///< from both partitions and, where they lack a block, fetched units
    };
    std::size_t chunk = 0; ///< number in the chunk index
    How how{};
    std::vector<firmware::ByteRange> ranges; ///< of the firmware file, ascending; the fetched bytes are in
                                             ///< this order, without gaps
};

/// Numbers of chunks, ascending.
using ChunkNumbers = std::vector<std::size_t>;

/// In the order of the image.
std::vector<ChunkTask> whole_tasks(const firmware::FirmwareHead &head, const ChunkNumbers &wanted);

/// Chunks with a patch record first, then the others as in whole_tasks.
std::vector<ChunkTask> patch_tasks(const firmware::FirmwareHead &head, const firmware::PatchEntry &patch,
                                   const firmware::PatchIndex &index, const ChunkNumbers &wanted);

/// In the order of the image. The tasks must be carried out in this order: no task reads what an earlier one
/// has overwritten. `present`: for each chunk of the index, whether the target already holds it.
std::vector<ChunkTask> unit_tasks(const firmware::FirmwareHead &head, const firmware::UnitIndex &units,
                                  const BlockLookup &lookup, const ChunkNumbers &wanted,
                                  const std::vector<bool> &present);

/// Whether a unit's frame must be fetched to make this chunk. Used both for planning and for making it.
bool unit_is_missing(const firmware::Unit &unit, std::size_t chunk, const BlockLookup &lookup,
                     const std::vector<bool> &present);

/// Whether this place may be used for the chunk: its block must still be there when the chunk is made.
bool usable_for(const BlockLookup::Place &place, std::size_t chunk, const std::vector<bool> &present);

std::uint64_t fetch_bytes(const std::vector<ChunkTask> &tasks);

} // namespace updater::install
