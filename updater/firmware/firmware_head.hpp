// The first part of a firmware: manifest, signature and chunk index. Enough to decide everything about an
// installation before the image itself has arrived.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/patch_index.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/firmware/unit_index.hpp"

#include <cstdint>
#include <stop_token>
#include <string>

namespace updater::firmware {

struct FirmwareHead {
    std::string signer; ///< subject of the certificate
    Manifest manifest;
    ChunkIndex chunks;
    std::uint64_t image_offset_bytes = 0; ///< of the first byte of the `image` entry's contents in the file

    bool operator==(const FirmwareHead &) const = default;
};

/// Checks the signature before it parses the manifest, and the hash of the chunk index before it parses the
/// index. Reads little more than these three. Throws FirmwareRefused, FirmwareDamaged, and what the source
/// throws.
FirmwareHead read_firmware_head(ByteSource &source, const TrustedKeys &trusted_keys,
                                const std::stop_token &stop = {});

/// Fetches the unit index and compares its hash with the manifest before it is parsed. The manifest must name
/// a unit index.
UnitIndex read_unit_index(ByteSource &source, const FirmwareHead &head, const std::stop_token &stop = {});

/// The same for the index of one of the manifest's patches.
PatchIndex read_patch_index(ByteSource &source, const FirmwareHead &head, const PatchEntry &patch,
                            const std::stop_token &stop = {});

} // namespace updater::firmware
