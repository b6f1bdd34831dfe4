// Parses and writes the index of a patch.
#include "updater/firmware/patch_index.hpp"

#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/text_index.hpp"

namespace updater::firmware {

namespace {

constexpr std::string_view patch_first_line = "update-control patch 1";
constexpr std::string_view no_record = "-";

} // namespace

PatchIndex parse_patch_index(std::string_view text, const ChunkIndex &chunks, std::uint64_t data_bytes) {
    if (text.size() > max_chunk_index_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the patch index is larger than the format allows");
    IndexLines lines(text, "patch index", patch_first_line);
    PatchIndex index;
    std::uint64_t offset = 0;
    while (lines.any_left()) {
        if (index.size() == chunks.chunks.size())
            lines.refuse("there are more lines than the image has chunks");
        if (lines.next_is(no_record)) {
            index.emplace_back();
            continue;
        }
        const auto fields = lines.next(2);
        PatchRecord record;
        record.offset_bytes = offset;
        record.stored_bytes = lines.length(fields[0], max_patch_record_bytes);
        record.stored_sha256 = lines.hash(fields[1]);
        if (record.stored_bytes == 0)
            lines.refuse("a record has no bytes");
        if (chunks.chunks[index.size()].kind == ChunkKind::zero)
            lines.refuse("a chunk of zeros has a record");
        offset += record.stored_bytes;
        index.emplace_back(record);
    }
    if (index.size() != chunks.chunks.size())
        throw FirmwareRefused(FirmwareRefusal::wrong_index,
                              "the patch index has fewer lines than the image has chunks");
    if (offset != data_bytes)
        throw FirmwareRefused(FirmwareRefusal::wrong_index,
                              "the records of the patch add up to " + std::to_string(offset) +
                                  " bytes, the manifest says " + std::to_string(data_bytes));
    return index;
}

std::string serialize(const PatchIndex &index) {
    std::string text = std::string(patch_first_line) + "\n";
    for (const auto &record : index) {
        if (record)
            text += std::to_string(record->stored_bytes) + " " +
                    partitions::base::to_hexadecimal(record->stored_sha256) + "\n";
        else
            text += std::string(no_record) + "\n";
    }
    return text;
}

} // namespace updater::firmware
