// The compressed streams of a patch record. Knows nothing of their contents. Internal to this folder.
#pragma once

#include "updater/firmware/packing_effort.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace updater::firmware {

enum class StreamMethod : std::uint8_t {
    empty = 0,
    stored = 1,
    zstd = 2,
    lzma = 3,
    lzma_x86 = 4,
    lzma_flat = 5
};

/// Unpacks a stream into `raw`. Memory: at most as much again. Throws std::runtime_error if the stream does
/// not unpack to exactly that length.
void unpack_stream(StreamMethod method, std::span<const std::byte> stored, std::span<std::byte> raw);

struct PackedStream {
    StreamMethod method = StreamMethod::empty;
    std::vector<std::byte> stored;
};

/// Compresses a stream. PackingEffort::smallest tries all methods, the x86 filter only if `may_be_code`. Used
/// by the vendor's tools.
PackedStream pack_stream(std::span<const std::byte> raw, bool may_be_code, PackingEffort effort);

} // namespace updater::firmware
