// How one chunk is made out of an earlier OS image: the record's format, its reader and its writer. Finding
// what resembles what is the work of image/delta.
#pragma once

#include "updater/firmware/packing_effort.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace updater::firmware {

/// Fills `into` with what the base image holds from the offset on. May throw.
using BaseReader = std::function<void(std::uint64_t offset_bytes, std::span<std::byte> into)>;

/// One of many reads: what `into` is to hold, from the offset on in the base image.
struct BaseRead {
    std::uint64_t offset_bytes = 0;
    std::span<std::byte> into;
};

/// Does all of these reads, in any order. May throw.
using BaseReads = std::function<void(std::vector<BaseRead> reads)>;

/// Each by itself, in the order given.
BaseReads one_by_one(BaseReader reader);

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

/// The record: for each of three streams (control, difference, literal) one byte that names its method and
/// two numbers, its length unpacked and as stored; then the stored streams. Numbers are in base 128, the
/// least significant seven bits first, the highest bit set in all bytes but the last (LEB128).
///   methods     0 empty, 1 as it is, 2 one Zstandard frame (RFC 8878), 3 raw LZMA2 with the default
///   lc/lp/pb,
///               4 the same behind the x86 filter, 5 raw LZMA2 with lc=0 pb=0; the LZMA dictionary is as
///               large as the stream, at least 4096 bytes
///   control     for each step: 4 * length + kind (copy 0, add 1, literal 2, zero 3), and for copy and add
///   how
///               far the base offset is from the end of the step before that used the base, zigzag coded
///   difference  what each add step adds, literal: what each literal step is, one after the other
///
/// Makes the chunk `raw` (its length is what the chunk must have) out of a record whose hash was checked.
/// Memory beside its arguments: 9 MiB at most. A record has thousands of reads of a few bytes each, scattered
/// over the files it is made of, so they are handed over many at a time. Throws std::runtime_error if the
/// record breaks the rules; what `base` throws passes through. Whether the result is right is for the caller
/// to check: the base may be damaged.
void apply_patch_record(std::span<const std::byte> record, const BaseReads &base, std::span<std::byte> raw);

/// Writes the record that makes `raw` by these steps out of `base`; at the vendor's. Throws
/// std::invalid_argument if the steps do not add up to `raw`.
std::vector<std::byte> encode_patch_record(std::span<const PatchStep> steps, std::span<const std::byte> raw,
                                           const BaseReader &base,
                                           PackingEffort effort = PackingEffort::smallest);

} // namespace updater::firmware
