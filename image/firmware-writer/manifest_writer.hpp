// Fills in a vendor's manifest template. Signs nothing.
#pragma once

#include "updater/firmware/manifest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firmware_writer {

/// What the builder knows of the image, and of what follows it in the firmware.
struct ImageFacts {
    std::uint64_t image_bytes{};
    partitions::base::Sha256 chunks_hash{};
    std::uint64_t chunks_bytes{};
    std::optional<updater::firmware::StoredEntry> units;
    std::vector<updater::firmware::PatchEntry> patches;
};

/// The template's XML with the elements image, chunks, units and patches filled in; all else
/// stays as the vendor wrote it. The result was read back with parse_manifest; throws what that throws.
std::string complete_manifest(std::string_view template_xml, const ImageFacts &facts);

} // namespace firmware_writer
