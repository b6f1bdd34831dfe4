// Any bytes as a firmware file, as a server sends them: the archive, the signature, and with an intact
// signature all that is read before the image. Expected: Refused (FirmwareRefused, which is one) and
// FirmwareDamaged.
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/memory_source.hpp"
#include "updater/firmware/firmware_archive.hpp"
#include "updater/firmware/firmware_head.hpp"

using namespace updater;
using namespace updater::firmware;

namespace {

template <typename Work> void expect_refusals(const Work &work) {
    try {
        work();
    } catch (const Refused &) {
    } catch (const FirmwareDamaged &) {
    }
}

std::string read_entry(firmware::FirmwareArchive &archive, std::string_view name, std::size_t max_bytes) {
    std::string contents = archive.read_entry(name, max_bytes);
    fuzz::require(contents.size() <= max_bytes, "no more is read of an entry than is allowed");
    return contents;
}

/// Hardly any input has an intact signature: the archive alone goes further.
void read_archive(firmware::ByteSource &source) {
    firmware::FirmwareArchive archive(source, {});
    read_entry(archive, manifest_entry, max_manifest_bytes);
    read_entry(archive, signature_entry, max_signature_bytes);
    read_entry(archive, chunk_index_entry, max_chunk_index_bytes);
    archive.next_entry(image_entry);
    fuzz::require(archive.contents_offset_bytes() % archive_block_bytes == 0,
                  "the contents of an entry begin with a block");
}

void read_head(firmware::ByteSource &source, const firmware::TrustedKeys &trusted_keys) {
    const firmware::FirmwareHead head = read_firmware_head(source, trusted_keys);
    if (head.manifest.units)
        fuzz::require(read_unit_index(source, head).size() == head.chunks.chunks.size(),
                      "the unit index has all chunks");
    for (const firmware::PatchEntry &patch : head.manifest.patches)
        fuzz::require(read_patch_index(source, head, patch).size() == head.chunks.chunks.size(),
                      "the index of a patch has all chunks");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    // The key that make-corpus signed with.
    static const firmware::TrustedKeys trusted_keys =
        firmware::TrustedKeys::from_directory(FUZZ_TRUSTED_KEYS);
    fuzz::MemorySource source(fuzz::Input(data, size).bytes());
    expect_refusals([&] { read_archive(source); });
    expect_refusals([&] { read_head(source, trusted_keys); });
    return 0;
}
