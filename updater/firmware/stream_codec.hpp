// The compressed streams of a patch record. Knows nothing of what is in them. Internal to this folder.
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

/// Fills `raw`. Memory: as much again at most. Throws std::runtime_error if it does not unpack to exactly
/// that.
void unpack_stream(StreamMethod method, std::span<const std::byte> stored, std::span<std::byte> raw);

struct PackedStream {
    StreamMethod method = StreamMethod::empty;
    std::vector<std::byte> stored;
};

/// With PackingEffort::smallest the smallest that the methods give; the x86 filter is tried where
/// `may_be_code`. At the vendor's.
PackedStream pack_stream(std::span<const std::byte> raw, bool may_be_code, PackingEffort effort);

} // namespace updater::firmware
