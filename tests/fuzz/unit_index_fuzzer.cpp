// Any bytes as a unit index, beside any chunk index. Expected: FirmwareRefused. There is one way to write an
// index, and the units lie within their chunks.
#include "tests/fuzz/chunk_list.hpp"
#include "tests/fuzz/input.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/unit_index.hpp"

using namespace updater;
using namespace updater::firmware;

namespace {

void check(const std::vector<firmware::Unit> &units, const firmware::Chunk &chunk) {
    fuzz::require(units.size() == (chunk.kind == firmware::ChunkKind::zero ? 0 : unit_count(chunk.raw_bytes)),
                  "a chunk has its units");
    std::uint64_t end = chunk.stored_offset_bytes;
    for (const firmware::Unit &unit : units) {
        fuzz::require(unit.stored_offset_bytes >= end, "the units lie one after the other");
        fuzz::require(unit.blocks.size() <= unit_bytes / lookup_block_bytes, "a unit has its blocks");
        end = unit.stored_offset_bytes + unit.stored_bytes;
    }
    fuzz::require(units.empty() || end == chunk.stored_offset_bytes + chunk.stored_bytes,
                  "the units end where their chunk ends");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const firmware::ChunkIndex chunks = fuzz::take_chunks(input);
    try {
        const firmware::UnitIndex index = parse_unit_index(input.text(), chunks);
        fuzz::require(index.size() == chunks.chunks.size(), "the unit index has all chunks");
        for (std::size_t number = 0; number < index.size(); ++number)
            check(index[number], chunks.chunks[number]);
        fuzz::require(serialize(index) == input.text(), "there is one way to write a unit index");
    } catch (const FirmwareRefused &) {
    }
    return 0;
}
