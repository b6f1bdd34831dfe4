// The chunk index: place and hashes of each piece of the OS image. Reads no image bytes.
#pragma once

#include "partitions/base/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

enum class ChunkKind {
    zstd_units, ///< stored as separate units (chunk_codec.hpp)
    zero,       ///< nothing stored: `raw_bytes` zeros
};

struct Chunk {
    ChunkKind kind{};
    std::uint64_t offset_bytes{};        ///< in the OS image, and so on the partition
    std::uint64_t raw_bytes{};           ///< unpacked
    std::uint64_t stored_offset_bytes{}; ///< in the `image` entry
    std::uint64_t stored_bytes{};
    partitions::base::Sha256 raw_sha256{};    ///< of the unpacked bytes; for zero chunks: of the zeros
    partitions::base::Sha256 stored_sha256{}; ///< of the stored bytes; for zero chunks: of no bytes

    bool operator==(const Chunk &) const = default;
};

/// The chunks cover the image front to back, without gap or overlap.
struct ChunkIndex {
    std::vector<Chunk> chunks;
    std::uint64_t image_bytes{};  ///< sum of raw_bytes
    std::uint64_t stored_bytes{}; ///< sum of stored_bytes: length of the `image` entry

    bool operator==(const ChunkIndex &) const = default;
};

/// Every chunk but the last is this long when unpacked; the last may be shorter.
inline constexpr std::size_t chunk_bytes = 4UL * 1024 * 1024;
/// Maximum length of a stored chunk: what Zstandard needs at most for its units, and their table.
inline constexpr std::size_t max_stored_chunk_bytes = chunk_bytes + chunk_bytes / 64;
/// Maximum length of an index that is read.
inline constexpr std::size_t max_chunk_index_bytes = 16UL * 1024 * 1024;

/// Parses the text, whose format is described in updater/firmware/format.md. Throws FirmwareRefused
/// (wrong_index or unsupported_format) with the number of the line, also if the chunks do not add up to
/// `image_bytes`.
ChunkIndex parse_chunk_index(std::string_view text, std::uint64_t image_bytes);

/// The only serialization of this index. Uses kind, raw_bytes, stored_bytes and the hashes.
std::string serialize(const ChunkIndex &index);

} // namespace updater::firmware
