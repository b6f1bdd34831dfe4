// How one chunk is made out of an earlier OS image: the record's format, its reader and its writer. Finding
// what resembles what is the work of image/delta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace updater {

/// Fills `into` with what the base image holds from the offset on. May throw.
using BaseReader = std::function<void(std::uint64_t offset_bytes, std::span<std::byte> into)>;

/// One step; together they make the chunk front to back.
struct PatchStep {
    enum class Kind {
        copy,    ///< as in the base
        add,     ///< base plus difference, byte by byte, modulo 256 (as bsdiff does): for code that moved
        literal, ///< bytes of its own
        zero,
    };
    Kind kind{};
    std::uint64_t base_offset_bytes = 0; ///< of copy and add
    std::uint32_t length_bytes = 0;

    bool operator==(const PatchStep &) const = default;
};

/// Makes the chunk `raw` (its length is what the chunk must have) out of a record whose hash was checked.
/// Memory beside its arguments: 8 MiB at most. Reads of the base are of any alignment, at most 1 MiB, and
/// ascending within one step. Throws std::runtime_error if the record breaks the rules; what `base` throws
/// passes through. Whether the result is right is for the caller to check: the base may be damaged.
void apply_patch_record(std::span<const std::byte> record, const BaseReader &base, std::span<std::byte> raw);

/// Writes the record that makes `raw` by these steps out of `base`; at the vendor's. Tries the compressions
/// of the format and takes the smallest. Throws std::invalid_argument if the steps do not add up to `raw`.
std::vector<std::byte> encode_patch_record(std::span<const PatchStep> steps, std::span<const std::byte> raw,
                                           const BaseReader &base);

} // namespace updater
