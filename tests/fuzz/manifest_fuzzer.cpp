// Any text as a manifest. Expected: FirmwareRefused. What is accepted stays the same when the vendor's tool
// completes it with what it says already.
#include "image/firmware-writer/manifest_writer.hpp"
#include "tests/fuzz/input.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/manifest.hpp"

#include <optional>

using namespace updater;
using namespace updater::firmware;
using namespace firmware_writer;

namespace {

std::optional<firmware::Manifest> parse(std::string_view xml) {
    try {
        return parse_manifest(xml);
    } catch (const FirmwareRefused &) {
        return std::nullopt;
    }
}

/// Nothing when the result is too long: written out again, a manifest has other line breaks and escapes.
std::optional<std::string> complete(std::string_view xml, const firmware::Manifest &manifest) {
    try {
        return complete_manifest(xml, {.image_bytes = manifest.image_bytes,
                                       .chunks_hash = manifest.chunks_hash,
                                       .chunks_bytes = manifest.chunks_bytes,
                                       .units = manifest.units,
                                       .patches = manifest.patches});
    } catch (const FirmwareRefused &refused) {
        fuzz::require(refused.kind() == FirmwareRefusal::too_large, "an accepted manifest can be completed");
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    const std::string_view xml = fuzz::Input(data, size).text();
    const std::optional<firmware::Manifest> manifest = parse(xml);
    if (!manifest)
        return 0;
    if (const std::optional<std::string> completed = complete(xml, *manifest))
        fuzz::require(parse(*completed) == manifest, "a completed manifest says what it said before");
    return 0;
}
