// Any text as the index of a patch, beside any chunk index. Expected: FirmwareRefused. There is one way to
// write an index, and the records lie one after the other.
#include "tests/fuzz/chunk_list.hpp"
#include "tests/fuzz/input.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/patch_index.hpp"

using namespace updater;
using namespace updater::firmware;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const firmware::ChunkIndex chunks = fuzz::take_chunks(input);
    const std::uint64_t data_bytes = input.number();
    try {
        const firmware::PatchIndex index = parse_patch_index(input.text(), chunks, data_bytes);
        fuzz::require(index.size() == chunks.chunks.size(), "the index of a patch has all chunks");
        std::uint64_t end = 0;
        for (const auto &record : index) {
            if (!record)
                continue;
            fuzz::require(record->offset_bytes == end && record->stored_bytes > 0 &&
                              record->stored_bytes <= max_patch_record_bytes,
                          "the records lie one after the other");
            end += record->stored_bytes;
        }
        fuzz::require(end == data_bytes, "the records add up");
        fuzz::require(serialize(index) == input.text(), "there is one way to write the index of a patch");
    } catch (const FirmwareRefused &) {
    }
    return 0;
}
