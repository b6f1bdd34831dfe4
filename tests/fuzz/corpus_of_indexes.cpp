// Indexes for the fuzzers to begin with.
#include "tests/fuzz/chunk_list.hpp"
#include "tests/fuzz/corpus.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/patch_index.hpp"
#include "updater/firmware/unit_index.hpp"

using namespace updater;
using namespace updater::firmware;
using namespace partitions::base;

namespace fuzz {

namespace {

constexpr std::size_t table_field_bytes = 4;

firmware::Unit unit_of(std::size_t number, std::size_t raw_bytes) {
    firmware::Unit unit;
    if (number == 1)
        return unit; // zeros
    unit.stored_bytes = static_cast<std::uint32_t>(100 + number);
    unit.stored_hash.fill(static_cast<std::byte>(number));
    unit.blocks.resize((raw_bytes + lookup_block_bytes - 1) / lookup_block_bytes);
    return unit;
}

/// With this length, and as many stored bytes as its units need.
Chunk chunk_of(firmware::ChunkKind kind, std::uint64_t raw_bytes, firmware::UnitIndex &units) {
    firmware::Chunk chunk;
    chunk.kind = kind;
    chunk.raw_bytes = raw_bytes;
    chunk.raw_sha256 = chunk.stored_sha256 = sha256_of(std::string_view("x"));
    units.emplace_back();
    if (kind == firmware::ChunkKind::zero)
        return chunk;
    for (std::size_t number = 0; number < unit_count(raw_bytes); ++number) {
        units.back().push_back(
            unit_of(number, std::min<std::uint64_t>(unit_bytes, raw_bytes - number * unit_bytes)));
        chunk.stored_bytes += table_field_bytes + units.back().back().stored_bytes;
    }
    return chunk;
}

void add(const Corpus &corpus, const std::string &name, std::vector<firmware::Chunk> chunks,
         const firmware::UnitIndex &units) {
    firmware::ChunkIndex index;
    index.chunks = std::move(chunks);
    firmware::PatchIndex patch;
    std::uint64_t records_end = 0;
    for (const firmware::Chunk &chunk : index.chunks) {
        index.image_bytes += chunk.raw_bytes;
        if (chunk.kind == firmware::ChunkKind::zero) {
            patch.emplace_back();
            continue;
        }
        patch.emplace_back(firmware::PatchRecord{records_end, 70, chunk.stored_sha256});
        records_end += 70;
    }
    corpus.add("chunk_index", name, number_in_input(index.image_bytes) + serialize(index));
    corpus.add("unit_index", name, chunks_in_input(index) + serialize(units));
    corpus.add("patch_index", name, chunks_in_input(index) + number_in_input(records_end) + serialize(patch));
}

} // namespace

void write_index_inputs(const Corpus &corpus) {
    firmware::UnitIndex units;
    const auto chunk = [&](firmware::ChunkKind kind, std::uint64_t raw_bytes) {
        return chunk_of(kind, raw_bytes, units);
    };
    add(corpus, "empty", {}, units);
    add(corpus, "one-unit", {chunk(firmware::ChunkKind::zstd_units, 5000)}, units);
    units.clear();
    add(corpus, "zeros", {chunk(firmware::ChunkKind::zero, 4096)}, units);
    units.clear();
    const firmware::Chunk whole = chunk(firmware::ChunkKind::zstd_units, chunk_bytes);
    add(corpus, "two-chunks", {whole, chunk(firmware::ChunkKind::zstd_units, 3 * unit_bytes - 4096)}, units);
    units.clear();
    const firmware::Chunk first = chunk(firmware::ChunkKind::zero, chunk_bytes);
    add(corpus, "zeros-first", {first, chunk(firmware::ChunkKind::zstd_units, unit_bytes)}, units);

    const std::string hash = to_hexadecimal(sha256_of(std::string_view("x")));
    corpus.add("text_index", "lines",
               number_in_input(1000) + '\2' + "update-control fuzz 1\n1 a b\n-\n" + hash +
                   " 0 x\n1000 1 2\n");
}

} // namespace fuzz
