// The patch record, which makes one chunk from an earlier OS image: its format and its reader.
// patch_encoder.hpp writes it; image/delta finds the similar parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace updater::firmware {

/// Fills `into` with the bytes of the base image from the offset on. May throw.
using BaseReader = std::function<void(std::uint64_t offset_bytes, std::span<std::byte> into)>;

/// One of many reads: fills `into` from the offset on in the base image.
struct BaseRead {
    std::uint64_t offset_bytes = 0;
    std::span<std::byte> into;
};

/// Makes all of these reads, in any order. May throw.
using BaseReads = std::function<void(std::vector<BaseRead> reads)>;

/// Makes each read separately, in the given order.
BaseReads one_by_one(BaseReader reader);

/// One step. All steps together make the chunk front to back.
struct PatchStep {
    enum class Kind {
        copy,    ///< as in the base
        add,     ///< base plus difference, byte by byte, modulo 256 (as bsdiff does): for code that moved
        literal, ///< bytes that are in the record
        zero,
    };
    Kind kind{};
    std::uint64_t base_offset_bytes = 0; ///< of copy and add
    std::uint32_t length_bytes = 0;

    bool operator==(const PatchStep &) const = default;
};

/// The record: for each of three streams (control, difference, literal) one byte that names its method and
/// two numbers, its length unpacked and as stored; then the stored streams. Numbers are in base 128, the
/// least significant seven bits first, the highest bit set in all bytes but the last (LEB128).
///   methods     0 empty, 1 uncompressed, 2 one Zstandard frame (RFC 8878), 3 raw LZMA2 with the default
///               lc/lp/pb, 4 the same behind the x86 filter, 5 raw LZMA2 with lc=0 pb=0; the LZMA dictionary
///               is as large as the stream, at least 4096 bytes
///   control     for each step: 4 * length + kind (copy 0, add 1, literal 2, zero 3); for copy and add also
///               the distance from the end of the previous step that used the base, zigzag coded
///   difference  the bytes to add for all add steps
///   literal     the bytes of all literal steps
///
/// Makes the chunk `raw`, which has the chunk's length, from a record whose hash was checked. Memory besides
/// its arguments: 9 MiB at most. A record has thousands of small reads, scattered over the base, so `base`
/// receives many at a time. Throws std::runtime_error if the record is invalid; what `base` throws passes
/// through. The caller must check the hash of the result: the base may be damaged.
void apply_patch_record(std::span<const std::byte> record, const BaseReads &base, std::span<std::byte> raw);

} // namespace updater::firmware
