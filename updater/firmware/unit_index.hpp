// The unit index: what an appliance needs to fetch only those units of the OS image that hold something it
// has not got already. An entry of the firmware of its own, fetched only for that.
#pragma once

#include "updater/firmware/chunk_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

/// Blocks are looked for in the partitions at multiples of this, as file systems place them.
inline constexpr std::size_t lookup_block_bytes = 4096;

/// The first bytes of a block's SHA-256; a shorter last block of the image is taken as filled with zeros. Too
/// short to prove anything: what is put together by tags is checked as a chunk before it is written.
using BlockTag = std::array<std::byte, 6>;
/// The first half of the SHA-256 of a unit's stored bytes: 128 bits that the bytes must have before they are
/// unpacked.
using UnitHash = std::array<std::byte, 16>;

BlockTag block_tag(std::span<const std::byte> block);
UnitHash unit_hash(std::span<const std::byte> stored);

struct Unit {
    std::uint64_t stored_offset_bytes = 0; ///< of its frame in the `image` entry
    std::uint32_t stored_bytes = 0;        ///< 0: zeros
    UnitHash stored_hash{};
    std::vector<BlockTag> blocks; ///< none for a unit of zeros

    bool operator==(const Unit &) const = default;
};

/// For each chunk of the chunk index its units; none for a zero chunk.
using UnitIndex = std::vector<std::vector<Unit>>;

/// The entry `units`: "update-control units 1\n", then for each unit of each zstd chunk its stored length (32
/// bits, little endian), its hash, and its tags, nothing between them. Throws FirmwareRefused (wrong_index,
/// unsupported_format), also when the units do not add up to the chunks.
UnitIndex parse_unit_index(std::string_view bytes, const ChunkIndex &chunks);

/// The one way to write it.
std::string serialize(const UnitIndex &units);

/// Longest unit index that is read.
inline constexpr std::size_t max_unit_index_bytes = 256UL * 1024 * 1024;

} // namespace updater::firmware
