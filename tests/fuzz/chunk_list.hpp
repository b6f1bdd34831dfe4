// Chunk indexes in inputs, for the indexes that are read beside one. Only such as parse_chunk_index() gives:
// whatever reads another index may rely on that.
#pragma once

#include "tests/fuzz/input.hpp"
#include "updater/firmware/chunk_index.hpp"

#include <algorithm>
#include <string>

namespace fuzz {

inline constexpr std::size_t most_chunks = 4;

inline updater::firmware::ChunkIndex take_chunks(Input &input) {
    updater::firmware::ChunkIndex index;
    const std::size_t count = input.byte() % (most_chunks + 1);
    while (index.chunks.size() < count) {
        const bool zero = input.byte() % 2 != 0;
        const bool last = index.chunks.size() + 1 == count;
        const auto raw_bytes = std::clamp<std::uint64_t>(input.number(), 1, updater::firmware::chunk_bytes);
        const auto stored_bytes =
            std::clamp<std::uint64_t>(input.number(), 1, updater::firmware::max_stored_chunk_bytes);
        updater::firmware::Chunk chunk;
        chunk.kind = zero ? updater::firmware::ChunkKind::zero : updater::firmware::ChunkKind::zstd_units;
        chunk.offset_bytes = index.image_bytes;
        chunk.raw_bytes = last ? raw_bytes : updater::firmware::chunk_bytes;
        chunk.stored_offset_bytes = index.stored_bytes;
        chunk.stored_bytes = zero ? 0 : stored_bytes;
        index.image_bytes += chunk.raw_bytes;
        index.stored_bytes += chunk.stored_bytes;
        index.chunks.push_back(chunk);
    }
    return index;
}

/// The other way round, for the inputs to begin with.
inline std::string chunks_in_input(const updater::firmware::ChunkIndex &index) {
    std::string bytes(1, static_cast<char>(index.chunks.size()));
    for (const updater::firmware::Chunk &chunk : index.chunks) {
        bytes += chunk.kind == updater::firmware::ChunkKind::zero ? '\1' : '\0';
        bytes += number_in_input(chunk.raw_bytes) + number_in_input(chunk.stored_bytes);
    }
    return bytes;
}

} // namespace fuzz
