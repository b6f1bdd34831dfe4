// The chunk index: where each piece of the OS image lies and what its hashes are. Reads no image bytes.
#pragma once

#include "partitions/base/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

enum class ChunkKind {
    zstd_units, ///< stored as units of their own (chunk_codec.hpp)
    zero,       ///< nothing stored: `raw_bytes` zeros
};

struct Chunk {
    ChunkKind kind{};
    std::uint64_t offset_bytes{};        ///< in the OS image, and so on the partition
    std::uint64_t raw_bytes{};           ///< unpacked
    std::uint64_t stored_offset_bytes{}; ///< in the `image` entry
    std::uint64_t stored_bytes{};
    partitions::base::Sha256 raw_sha256{};    ///< of the unpacked bytes; for zero chunks that of the zeros
    partitions::base::Sha256 stored_sha256{}; ///< of the stored bytes; for zero chunks that of no bytes

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
/// A stored chunk is never longer than this: what Zstandard needs at most for its units, and their table.
inline constexpr std::size_t max_stored_chunk_bytes = chunk_bytes + chunk_bytes / 64;
/// Longest index that is read.
inline constexpr std::size_t max_chunk_index_bytes = 16UL * 1024 * 1024;

/// Reads the text (format in the README: a first line "update-control chunks 2", then a line for each chunk,
/// "KIND RAW_BYTES STORED_BYTES RAW_SHA256 STORED_SHA256"). Throws FirmwareRefused (wrong_index, or
/// unsupported_format) naming the line, also if the chunks do not add up to `image_bytes`.
ChunkIndex parse_chunk_index(std::string_view text, std::uint64_t image_bytes);

/// The one way to write this index; uses kind, raw_bytes, stored_bytes and the hashes.
std::string serialize(const ChunkIndex &index);

} // namespace updater::firmware
