// Reading a firmware file. The order of the checks is the point of this file.
#include "updater/firmware/firmware_reader.hpp"

#include "updater/cancelled.hpp"
#include "updater/firmware/firmware_archive.hpp"

#include <memory>
#include <vector>
#include <zstd.h>

namespace updater {

namespace {

struct Head {
    std::string signer;
    Manifest manifest;
    ChunkIndex chunks;
};

/// Leaves the archive at the first byte of the image.
Head read_head(FirmwareArchive &archive, const TrustedKeys &trusted_keys) {
    const std::string manifest = archive.read_entry(manifest_entry, most_manifest_bytes);
    const std::string signature = archive.read_entry(signature_entry, most_signature_bytes);
    Head head;
    // Nothing of the manifest is parsed before this returns.
    head.signer = trusted_keys.check(manifest, signature);
    head.manifest = parse_manifest(manifest);

    const std::string index = archive.read_entry(chunk_index_entry, most_chunk_index_bytes);
    // The same for the index: its hash comes from the signed manifest.
    if (index.size() != head.manifest.chunks_bytes || sha256_of(index) != head.manifest.chunks_hash)
        throw FirmwareRefused(FirmwareRefusal::index_changed,
                              "the chunk index of the firmware is not the one that was signed");
    head.chunks = parse_chunk_index(index, head.manifest.image_bytes);

    if (archive.next_entry(image_entry) != head.chunks.stored_bytes)
        throw FirmwareRefused(FirmwareRefusal::not_a_firmware_file,
                              "the image in the firmware is not as long as its chunks");
    return head;
}

std::string describe(const Chunk &chunk) {
    return "the part of the image at " + std::to_string(chunk.offset_bytes) + " bytes";
}

class Decompressor {
  public:
    Decompressor() : context_(ZSTD_createDCtx()) {
        if (!context_)
            throw std::bad_alloc();
    }

    /// Never writes more than chunk.raw_bytes, whatever the stored bytes say.
    std::span<const std::byte> unpack(const Chunk &chunk, std::span<const std::byte> stored) {
        raw_.resize(static_cast<std::size_t>(chunk.raw_bytes));
        const std::size_t length =
            ZSTD_decompressDCtx(context_.get(), raw_.data(), raw_.size(), stored.data(), stored.size());
        if (ZSTD_isError(length) != 0 || length != raw_.size() || sha256_of(raw_) != chunk.raw_sha256)
            throw FirmwareDamaged(describe(chunk) + " was signed, but does not unpack to what it should be");
        return raw_;
    }

  private:
    struct Free {
        void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    std::vector<std::byte> raw_;
};

using StoredSink = std::function<void(const Chunk &, std::span<const std::byte> stored)>;

/// Hands out the stored bytes of each chunk, checked.
void read_chunks(FirmwareArchive &archive, const ChunkIndex &index, const StoredSink &sink,
                 const FirmwareReader::Progress &progress, const std::stop_token &stop) {
    std::vector<std::byte> stored;
    for (const Chunk &chunk : index.chunks) {
        if (stop.stop_requested())
            throw Cancelled();
        stored.resize(static_cast<std::size_t>(chunk.stored_bytes));
        archive.read(stored);
        if (sha256_of(stored) != chunk.stored_sha256)
            throw FirmwareDamaged(describe(chunk) + " is damaged in the firmware: it is not what was signed");
        sink(chunk, stored);
        if (progress)
            progress(chunk.offset_bytes + chunk.raw_bytes, index.image_bytes);
    }
    archive.expect_end();
}

/// At the image of the same firmware as before, or throws.
void go_to_image(FirmwareArchive &archive, const FirmwareReader &reader, const TrustedKeys &trusted_keys) {
    const Head head = read_head(archive, trusted_keys);
    if (head.manifest != reader.manifest() || head.chunks != reader.chunks())
        throw FirmwareDamaged("the firmware " + reader.file().string() + " was replaced while it was in use");
}

} // namespace

FirmwareReader::FirmwareReader(std::filesystem::path file, const TrustedKeys &trusted_keys)
    : file_(std::move(file)), trusted_keys_(trusted_keys) {
    FirmwareArchive archive(file_);
    Head head = read_head(archive, trusted_keys_);
    signer_ = std::move(head.signer);
    manifest_ = std::move(head.manifest);
    chunks_ = std::move(head.chunks);
}

void FirmwareReader::read_image(const Sink &sink, const Progress &progress,
                                const std::stop_token &stop) const {
    FirmwareArchive archive(file_);
    go_to_image(archive, *this, trusted_keys_);
    Decompressor decompressor;
    const auto unpack = [&](const Chunk &chunk, std::span<const std::byte> stored) {
        sink(chunk, chunk.kind == ChunkKind::zero ? std::span<const std::byte>()
                                                  : decompressor.unpack(chunk, stored));
    };
    read_chunks(archive, chunks_, unpack, progress, stop);
}

void FirmwareReader::verify_all(const Progress &progress, const std::stop_token &stop) const {
    FirmwareArchive archive(file_);
    go_to_image(archive, *this, trusted_keys_);
    read_chunks(
        archive, chunks_, [](const Chunk &, std::span<const std::byte>) {}, progress, stop);
}

} // namespace updater
