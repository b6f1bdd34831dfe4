#include "updater/download/firmware_pieces.hpp"

#include <algorithm>

namespace updater::download {

namespace {

constexpr std::uint64_t archive_block_bytes = 512; // pax, POSIX.1-2001

firmware::ByteRange range_of(const firmware::FirmwareHead &head, const firmware::StoredEntry &entry) {
    return {head.image_offset_bytes + entry.offset_bytes, entry.length_bytes};
}

} // namespace

std::vector<FirmwarePiece> patch_index_pieces(const firmware::FirmwareHead &head) {
    std::vector<FirmwarePiece> pieces;
    for (const firmware::PatchEntry &patch : head.manifest.patches)
        pieces.push_back({range_of(head, patch.index), patch.index.sha256});
    return pieces;
}

std::vector<FirmwarePiece> content_pieces(const firmware::FirmwareHead &head,
                                          std::span<const firmware::PatchIndex> patches) {
    std::vector<FirmwarePiece> pieces;
    for (const firmware::Chunk &chunk : head.chunks.chunks)
        if (chunk.stored_bytes > 0)
            pieces.push_back({{head.image_offset_bytes + chunk.stored_offset_bytes, chunk.stored_bytes},
                              chunk.stored_sha256});
    if (head.manifest.units)
        pieces.push_back({range_of(head, *head.manifest.units), head.manifest.units->sha256});
    for (std::size_t number = 0; number < patches.size(); ++number) {
        const std::uint64_t data = head.image_offset_bytes + head.manifest.patches[number].data_offset_bytes;
        for (const auto &record : patches[number])
            if (record)
                pieces.push_back(
                    {{data + record->offset_bytes, record->stored_bytes}, record->stored_sha256});
    }
    std::ranges::sort(pieces, {}, [](const FirmwarePiece &piece) { return piece.range.offset_bytes; });
    return pieces;
}

std::uint64_t signed_end_bytes(const firmware::FirmwareHead &head) {
    firmware::ByteRange content{head.image_offset_bytes, head.chunks.stored_bytes};
    if (head.manifest.units)
        content = firmware::cover(content, range_of(head, *head.manifest.units));
    for (const firmware::PatchEntry &patch : head.manifest.patches) {
        content = firmware::cover(content, range_of(head, patch.index));
        content =
            firmware::cover(content, {head.image_offset_bytes + patch.data_offset_bytes, patch.data_bytes});
    }
    const std::uint64_t end = content.end_bytes();
    return (end + archive_block_bytes - 1) / archive_block_bytes * archive_block_bytes;
}

std::vector<firmware::ByteRange> between(std::span<const FirmwarePiece> pieces, std::uint64_t length_bytes) {
    std::vector<firmware::ByteRange> rest;
    std::uint64_t position = 0;
    for (const FirmwarePiece &piece : pieces) {
        if (piece.range.offset_bytes > position)
            rest.push_back(firmware::ByteRange::between(position, piece.range.offset_bytes));
        position = std::max(position, piece.range.end_bytes());
    }
    if (position < length_bytes)
        rest.push_back(firmware::ByteRange::between(position, length_bytes));
    return rest;
}

} // namespace updater::download
