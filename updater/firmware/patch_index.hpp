// The index of one patch: for each chunk of the OS image, the record that makes it from the base image. Reads
// no patch bytes.
#pragma once

#include "partitions/base/sha256.hpp"
#include "updater/firmware/chunk_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

/// The record that makes one chunk from the base image.
struct PatchRecord {
    std::uint64_t offset_bytes = 0; ///< in the patch's data entry
    std::uint64_t stored_bytes = 0;
    partitions::base::Sha256 stored_sha256{};

    bool operator==(const PatchRecord &) const = default;
};

/// One element for each chunk of the chunk index; empty for a zero chunk, and for a chunk whose record would
/// not be shorter than the stored chunk.
using PatchIndex = std::vector<std::optional<PatchRecord>>;

/// Text: "update-control patch 1", then a line for each chunk, "-" or "STORED_BYTES STORED_SHA256"; the
/// records lie one after the other. Throws FirmwareRefused (wrong_index, unsupported_format) with the line,
/// also if a record is longer than max_patch_record_bytes or they do not add up to `data_bytes`.
PatchIndex parse_patch_index(std::string_view text, const ChunkIndex &chunks, std::uint64_t data_bytes);

/// The only serialization of this index.
std::string serialize(const PatchIndex &index);

inline constexpr std::size_t max_patch_record_bytes = max_stored_chunk_bytes;

} // namespace updater::firmware
