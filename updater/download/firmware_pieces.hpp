// Which parts of a firmware file are signed, by place and hash: what a download can be checked against while
// it arrives, and after it was cut. Reads and writes nothing.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/patch_index.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace updater::download {

/// A part of the file that has a hash of its own.
struct FirmwarePiece {
    firmware::ByteRange range;
    partitions::base::Sha256 sha256{};

    bool operator==(const FirmwarePiece &) const = default;
};

/// The indexes of the patches, in the order of the manifest. They have to be there before the records that
/// they name can be told apart.
std::vector<FirmwarePiece> patch_index_pieces(const firmware::FirmwareHead &head);

/// All but patch_index_pieces(): chunks, unit index, the records of the patches. Ascending. `patches` in the
/// order of the manifest.
std::vector<FirmwarePiece> content_pieces(const firmware::FirmwareHead &head,
                                          std::span<const firmware::PatchIndex> patches);

/// Where the last signed byte's archive block ends; behind it the archive has only its end mark.
std::uint64_t signed_end_bytes(const firmware::FirmwareHead &head);

/// What `pieces`, which are ascending, leave of the file's first `length_bytes`.
std::vector<firmware::ByteRange> between(std::span<const FirmwarePiece> pieces, std::uint64_t length_bytes);

} // namespace updater::download
