// The order of the checks matters: nothing is parsed before it is verified.
#include "updater/firmware/firmware_head.hpp"

#include "updater/firmware/firmware_archive.hpp"
#include "updater/firmware/firmware_error.hpp"

namespace updater::firmware {

namespace {

/// Entries behind the image are read from the place in the signed manifest, and identified by their hash.
/// Their archive headers are ignored.
std::string read_checked(ByteSource &source, const FirmwareHead &head, const StoredEntry &entry,
                         const std::string &what, const std::stop_token &stop) {
    std::string contents =
        read_all(source, {head.image_offset_bytes + entry.offset_bytes, entry.length_bytes}, stop);
    if (partitions::base::sha256_of(contents) != entry.sha256)
        throw FirmwareRefused(FirmwareRefusal::index_changed,
                              "the " + what + " of the firmware is not the one that was signed");
    return contents;
}

} // namespace

FirmwareHead read_firmware_head(ByteSource &source, const TrustedKeys &trusted_keys,
                                const std::stop_token &stop) {
    FirmwareArchive archive(source, stop);
    const std::string manifest = archive.read_entry(manifest_entry, max_manifest_bytes);
    const std::string signature = archive.read_entry(signature_entry, max_signature_bytes);
    FirmwareHead head;
    // Nothing of the manifest is parsed before this returns.
    head.signer = trusted_keys.check(manifest, signature);
    head.manifest = parse_manifest(manifest);

    const std::string index = archive.read_entry(chunk_index_entry, max_chunk_index_bytes);
    // The same for the index: its hash comes from the signed manifest.
    if (index.size() != head.manifest.chunks_bytes ||
        partitions::base::sha256_of(index) != head.manifest.chunks_hash)
        throw FirmwareRefused(FirmwareRefusal::index_changed,
                              "the chunk index of the firmware is not the one that was signed");
    head.chunks = parse_chunk_index(index, head.manifest.image_bytes);

    if (archive.next_entry(image_entry) != head.chunks.stored_bytes)
        throw FirmwareRefused(FirmwareRefusal::not_a_firmware_file,
                              "the image in the firmware is not as long as its chunks");
    head.image_offset_bytes = archive.contents_offset_bytes();
    return head;
}

UnitIndex read_unit_index(ByteSource &source, const FirmwareHead &head, const std::stop_token &stop) {
    return parse_unit_index(read_checked(source, head, head.manifest.units.value(), "unit index", stop),
                            head.chunks);
}

PatchIndex read_patch_index(ByteSource &source, const FirmwareHead &head, const PatchEntry &patch,
                            const std::stop_token &stop) {
    return parse_patch_index(
        read_checked(source, head, patch.index, "index of the patch from " + patch.from.text(), stop),
        head.chunks, patch.data_bytes);
}

} // namespace updater::firmware
