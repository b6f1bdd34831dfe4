// Reads the image of a firmware file front to back.
#include "updater/firmware/firmware_reader.hpp"

#include "updater/cancelled.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/file_source.hpp"

#include <vector>

namespace updater::firmware {

namespace {

std::string describe(const Chunk &chunk) {
    return "the part of the image at " + std::to_string(chunk.offset_bytes) + " bytes";
}

using StoredSink = std::function<void(const Chunk &, std::span<const std::byte> stored)>;

/// Delivers the verified stored bytes of each chunk.
void read_chunks(ByteSource &source, const FirmwareHead &head, const StoredSink &sink,
                 const FirmwareReader::Progress &progress, const std::stop_token &stop) {
    std::vector<std::byte> stored;
    for (const Chunk &chunk : head.chunks.chunks) {
        if (stop.stop_requested())
            throw Cancelled();
        stored.clear();
        const ByteRange range{head.image_offset_bytes + chunk.stored_offset_bytes, chunk.stored_bytes};
        if (chunk.stored_bytes > 0)
            source.read(
                {&range, 1},
                [&](std::uint64_t, std::span<const std::byte> bytes) {
                    stored.insert(stored.end(), bytes.begin(), bytes.end());
                },
                stop);
        if (partitions::base::sha256_of(stored) != chunk.stored_sha256)
            throw FirmwareDamaged(describe(chunk) + " is damaged in the firmware: it is not what was signed");
        sink(chunk, stored);
        if (progress)
            progress(chunk.offset_bytes + chunk.raw_bytes, head.chunks.image_bytes);
    }
}

void require_unchanged(ByteSource &source, const FirmwareHead &before, const TrustedKeys &trusted_keys) {
    if (read_firmware_head(source, trusted_keys) != before)
        throw FirmwareDamaged("the firmware " + source.name() + " was replaced while it was in use");
}

} // namespace

FirmwareReader::FirmwareReader(std::filesystem::path file, const TrustedKeys &trusted_keys)
    : file_(std::move(file)), trusted_keys_(trusted_keys) {
    FileSource source(file_);
    head_ = read_firmware_head(source, trusted_keys_);
}

void FirmwareReader::read_image(const Sink &sink, const Progress &progress,
                                const std::stop_token &stop) const {
    FileSource source(file_);
    require_unchanged(source, head_, trusted_keys_);
    ChunkDecoder decoder;
    std::vector<std::byte> raw;
    const auto unpack = [&](const Chunk &chunk, std::span<const std::byte> stored) {
        if (chunk.kind == ChunkKind::zero)
            return sink(chunk, {});
        raw.resize(static_cast<std::size_t>(chunk.raw_bytes));
        try {
            decoder.unpack(stored, raw);
        } catch (const std::runtime_error &failure) {
            throw FirmwareDamaged(describe(chunk) + " was signed, but cannot be unpacked: " + failure.what());
        }
        if (partitions::base::sha256_of(raw) != chunk.raw_sha256)
            throw FirmwareDamaged(describe(chunk) + " was signed, but does not unpack to what it should be");
        sink(chunk, raw);
    };
    read_chunks(source, head_, unpack, progress, stop);
}

void FirmwareReader::verify_all(const Progress &progress, const std::stop_token &stop) const {
    FileSource source(file_);
    require_unchanged(source, head_, trusted_keys_);
    read_chunks(
        source, head_, [](const Chunk &, std::span<const std::byte>) {}, progress, stop);
    // An appliance can install without these, but the vendor wants to find errors before publishing.
    if (head_.manifest.units)
        read_unit_index(source, head_, stop);
    for (const PatchEntry &patch : head_.manifest.patches)
        read_patch_index(source, head_, patch, stop);
}

} // namespace updater::firmware
