// What has to be done to come by each missing chunk of the image, and what of the firmware that takes.
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
        zero,     ///< nothing is needed
        whole,    ///< the stored chunk
        patch,    ///< its record, and the base
        assemble, ///< those of its units that hold a block that is nowhere here, and both partitions
    };
    std::size_t chunk = 0; ///< number in the chunk index
    How how{};
    std::vector<firmware::ByteRange> ranges; ///< of the firmware file, ascending: fetched in this order, one
                                             ///< after the other in memory
};

/// Chunks that are wanted, by their numbers, ascending.
using ChunkNumbers = std::vector<std::size_t>;

/// In the order of the image.
std::vector<ChunkTask> whole_tasks(const firmware::FirmwareHead &head, const ChunkNumbers &wanted);

/// Those with a record first, then the others as whole_tasks.
std::vector<ChunkTask> patch_tasks(const firmware::FirmwareHead &head, const firmware::PatchEntry &patch,
                                   const firmware::PatchIndex &index, const ChunkNumbers &wanted);

/// In the order of the image. A task needs nothing that an earlier one overwrites: they have to be made in
/// this order. `present`: for each chunk of the index, whether the target holds it already.
std::vector<ChunkTask> unit_tasks(const firmware::FirmwareHead &head, const firmware::UnitIndex &units,
                                  const BlockLookup &lookup, const ChunkNumbers &wanted,
                                  const std::vector<bool> &present);

/// Whether a unit's frame has to be fetched to make this chunk. The same answer for planning and for making.
bool unit_is_missing(const firmware::Unit &unit, std::size_t chunk, const BlockLookup &lookup,
                     const std::vector<bool> &present);

/// Whether what was found may be used for this chunk: it must still be there when its turn comes.
bool usable_for(const BlockLookup::Place &place, std::size_t chunk, const std::vector<bool> &present);

std::uint64_t fetch_bytes(const std::vector<ChunkTask> &tasks);

} // namespace updater::install
