// The signed parts of a firmware file, by range and hash. A download is checked against them while it arrives
// and when it is resumed. Reads and writes nothing.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/patch_index.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace updater::download {

/// A part of the file with its own hash.
struct FirmwarePiece {
    firmware::ByteRange range;
    partitions::base::Sha256 sha256{};

    bool operator==(const FirmwarePiece &) const = default;
};

/// The indexes of the patches, in the order of the manifest. They are fetched first, because they hold the
/// ranges and hashes of the patch records.
std::vector<FirmwarePiece> patch_index_pieces(const firmware::FirmwareHead &head);

/// All pieces but patch_index_pieces(): chunks, unit index and patch records; ascending. `patches`: the patch
/// indexes in the order of the manifest.
std::vector<FirmwarePiece> content_pieces(const firmware::FirmwareHead &head,
                                          std::span<const firmware::PatchIndex> patches);

/// End of the archive block with the last signed byte. Only the archive's end mark follows.
std::uint64_t signed_end_bytes(const firmware::FirmwareHead &head);

/// The ranges of the file's first `length_bytes` that belong to none of `pieces`, which are ascending.
std::vector<firmware::ByteRange> between(std::span<const FirmwarePiece> pieces, std::uint64_t length_bytes);

} // namespace updater::download
