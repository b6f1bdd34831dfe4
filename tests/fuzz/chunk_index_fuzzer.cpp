// Any text as a chunk index, beside the image's length that the manifest says. Expected: FirmwareRefused.
// There is one way to write an index, and the chunks cover the image.
#include "tests/fuzz/input.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"

using namespace updater;
using namespace updater::firmware;

namespace {

void check(const firmware::ChunkIndex &index, std::uint64_t image_bytes) {
    std::uint64_t raw_end = 0;
    std::uint64_t stored_end = 0;
    for (const firmware::Chunk &chunk : index.chunks) {
        fuzz::require(chunk.offset_bytes == raw_end && chunk.stored_offset_bytes == stored_end,
                      "the chunks lie one after the other");
        fuzz::require(chunk.raw_bytes > 0 && chunk.raw_bytes <= chunk_bytes &&
                          chunk.stored_bytes <= max_stored_chunk_bytes,
                      "a chunk is no longer than its bounds");
        raw_end += chunk.raw_bytes;
        stored_end += chunk.stored_bytes;
    }
    fuzz::require(raw_end == image_bytes && index.image_bytes == image_bytes &&
                      index.stored_bytes == stored_end,
                  "the chunks add up");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint64_t image_bytes = input.number();
    try {
        const firmware::ChunkIndex index = parse_chunk_index(input.text(), image_bytes);
        check(index, image_bytes);
        fuzz::require(serialize(index) == input.text(), "there is one way to write a chunk index");
    } catch (const FirmwareRefused &) {
    }
    return 0;
}
