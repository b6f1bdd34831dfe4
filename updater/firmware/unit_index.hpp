// The unit index: lets an appliance fetch only the units of the OS image with data that it does not have yet.
// A separate entry of the firmware, fetched only for that purpose.
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

/// Partitions are searched for blocks at multiples of this, where file systems place them.
inline constexpr std::size_t lookup_block_bytes = 4096;

/// The first bytes of a block's SHA-256; a shorter last block of the image is padded with zeros. Too short to
/// prove anything: a chunk that is assembled by tags is checked by its hash before it is written.
using BlockTag = std::array<std::byte, 6>;
/// The first half of the SHA-256 of a unit's stored bytes, 128 bits; compared before the bytes are unpacked.
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

/// The units of each chunk of the chunk index; none for a zero chunk.
using UnitIndex = std::vector<std::vector<Unit>>;

/// The entry `units`: "update-control units 1\n", then for each unit of each zstd chunk its stored length (32
/// bits, little endian), its hash and its tags, without separators. Throws FirmwareRefused (wrong_index,
/// unsupported_format), also if the units do not add up to the chunks.
UnitIndex parse_unit_index(std::string_view bytes, const ChunkIndex &chunks);

/// The only serialization of this index.
std::string serialize(const UnitIndex &units);

/// Maximum length of a unit index that is read.
inline constexpr std::size_t max_unit_index_bytes = 256UL * 1024 * 1024;

} // namespace updater::firmware
