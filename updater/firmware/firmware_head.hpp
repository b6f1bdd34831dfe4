// The first part of a firmware: manifest, signature and chunk index, read and checked in this order. Enough
// to decide everything about an installation; the image itself need not have arrived.
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

/// The signature is checked before the manifest is parsed, the index's hash before the index is. Reads little
/// more than these three. Throws FirmwareRefused, FirmwareDamaged, and what the source throws.
FirmwareHead read_firmware_head(ByteSource &source, const TrustedKeys &trusted_keys,
                                const std::stop_token &stop = {});

/// Fetches the unit index and checks it against the manifest before it is parsed. The manifest must name one.
UnitIndex read_unit_index(ByteSource &source, const FirmwareHead &head, const std::stop_token &stop = {});

/// The same for the index of one of the manifest's patches.
PatchIndex read_patch_index(ByteSource &source, const FirmwareHead &head, const PatchEntry &patch,
                            const std::stop_token &stop = {});

} // namespace updater::firmware
