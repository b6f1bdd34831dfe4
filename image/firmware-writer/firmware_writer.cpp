// Putting a firmware file together: first the chunks and the patches, then the indexes that name them, then
// the manifest that names the indexes, then the signature; the archive has them in the opposite order, for
// its reader.
#include "image/firmware-writer/firmware_writer.hpp"

#include "image/firmware-writer/archive_writer.hpp"
#include "image/firmware-writer/chunk_compressor.hpp"
#include "image/firmware-writer/manifest_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "updater/firmware/firmware_archive.hpp"

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace firmware_writer {

namespace {

/// A file that the destructor removes, unless it was renamed before.
class TemporaryFile {
  public:
    explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {}
    ~TemporaryFile() {
        std::error_code cannot_be_helped;
        std::filesystem::remove(path_, cannot_be_helped);
    }
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;
    const std::filesystem::path &path() const { return path_; }

  private:
    std::filesystem::path path_;
};

CompressedImage compress_to_file(const FirmwareParts &parts, const std::filesystem::path &path,
                                 const BuildProgress &progress, const std::stop_token &stop) {
    std::ofstream stored;
    stored.exceptions(std::ios::failbit | std::ios::badbit);
    try {
        stored.open(path, std::ios::binary | std::ios::trunc);
        CompressedImage image = compress_image(parts, stored, progress, stop);
        stored.close();
        return image;
    } catch (const std::ios_base::failure &) {
        throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
    }
}

/// Where the entries after the image lie, counted from the beginning of the image's contents.
class Layout {
  public:
    explicit Layout(std::uint64_t image_bytes) : end_(in_blocks(image_bytes)) {}

    std::uint64_t place(std::uint64_t length_bytes) {
        const std::uint64_t contents = end_ + updater::firmware::archive_block_bytes;
        end_ = contents + in_blocks(length_bytes);
        return contents;
    }

  private:
    static std::uint64_t in_blocks(std::uint64_t bytes) {
        return (bytes + updater::firmware::archive_block_bytes - 1) / updater::firmware::archive_block_bytes *
               updater::firmware::archive_block_bytes;
    }
    std::uint64_t end_;
};

struct Texts {
    std::string chunks;
    std::string units;
    std::vector<std::string> patches;
};

std::uint64_t record_bytes_of(const PatchPart &patch) {
    std::uint64_t bytes = 0;
    for (const auto &record : patch.index)
        bytes += record ? record->stored_bytes : 0;
    return bytes;
}

ImageFacts lay_out(const CompressedImage &image, const std::vector<PatchPart> &patches, const Texts &texts) {
    ImageFacts facts{.image_bytes = image.chunks.image_bytes,
                     .chunks_hash = partitions::base::sha256_of(texts.chunks),
                     .chunks_bytes = texts.chunks.size(),
                     .units = std::nullopt,
                     .patches = {}};
    Layout layout(image.chunks.stored_bytes);
    facts.units = {layout.place(texts.units.size()), texts.units.size(),
                   partitions::base::sha256_of(texts.units)};
    for (std::size_t number = 0; number < patches.size(); ++number) {
        const PatchPart &patch = patches[number];
        const std::string &text = texts.patches[number];
        updater::firmware::PatchEntry entry{
            .from = patch.from,
            .base_image_bytes = patch.base_image_bytes,
            .base_fingerprint = patch.base_fingerprint,
            .index = {layout.place(text.size()), text.size(), partitions::base::sha256_of(text)},
            .data_bytes = record_bytes_of(patch)};
        entry.data_offset_bytes = layout.place(entry.data_bytes);
        facts.patches.push_back(entry);
    }
    return facts;
}

FirmwareSummary summarize(CompressedImage image, const ImageFacts &facts,
                          const std::vector<PatchPart> &patches, std::uint64_t head_bytes) {
    FirmwareSummary summary{.image_bytes = image.chunks.image_bytes,
                            .stored_image_bytes = image.chunks.stored_bytes,
                            .head_bytes = head_bytes,
                            .unit_index_bytes = facts.units->length_bytes,
                            .patches = {},
                            .chunks = {},
                            .units = {}};
    for (std::size_t number = 0; number < patches.size(); ++number) {
        FirmwareSummary::Patch &patch = summary.patches.emplace_back();
        patch.from = patches[number].from;
        patch.index_bytes = facts.patches[number].index.length_bytes;
        patch.record_bytes = facts.patches[number].data_bytes;
        for (std::size_t chunk = 0; chunk < image.chunks.chunks.size(); ++chunk)
            if (!patches[number].index[chunk])
                patch.chunk_bytes += image.chunks.chunks[chunk].stored_bytes;
    }
    summary.chunks = std::move(image.chunks);
    summary.units = std::move(image.units);
    return summary;
}

void require_buildable(const FirmwareParts &parts) {
    if (parts.compression_level < 1 || parts.compression_level > 19)
        throw std::runtime_error("the compression level is not a number from 1 to 19");
    // Finds a wrong template or key now and not after minutes of compression.
    std::error_code error;
    const std::uint64_t image_bytes = std::filesystem::file_size(parts.image, error);
    if (error)
        throw std::system_error(error, "cannot read the image " + parts.image.string());
    ImageFacts facts;
    facts.image_bytes = image_bytes;
    sign(complete_manifest(parts.manifest_template, facts), parts.key, parts.certificate);
}

} // namespace

FirmwareSummary write_firmware(const FirmwareParts &parts, const std::filesystem::path &output,
                               const BuildProgress &progress, const std::stop_token &stop) {
    require_buildable(parts);
    const TemporaryFile stored_file(output.string() + ".stored");
    CompressedImage image = compress_to_file(parts, stored_file.path(), progress, stop);
    if (image.chunks.stored_bytes > updater::firmware::max_entry_bytes)
        throw std::runtime_error("the compressed image is larger than the 8 GiB that the format allows");
    const std::vector<PatchPart> patches =
        parts.make_patches ? parts.make_patches(image.chunks) : std::vector<PatchPart>();
    Texts texts{.chunks = updater::firmware::serialize(image.chunks),
                .units = updater::firmware::serialize(image.units),
                .patches = {}};
    for (const PatchPart &patch : patches)
        texts.patches.push_back(updater::firmware::serialize(patch.index));
    const ImageFacts facts = lay_out(image, patches, texts);
    const std::string manifest = complete_manifest(parts.manifest_template, facts);

    const TemporaryFile part_file(output.string() + ".part");
    ArchiveWriter archive(part_file.path());
    archive.add(updater::firmware::manifest_entry, manifest);
    archive.add(updater::firmware::signature_entry, sign(manifest, parts.key, parts.certificate));
    archive.add(updater::firmware::chunk_index_entry, texts.chunks);
    const std::uint64_t head_bytes = archive.written_bytes() + updater::firmware::archive_block_bytes;
    archive.add_file(updater::firmware::image_entry, stored_file.path(), image.chunks.stored_bytes);
    archive.add(updater::firmware::unit_index_entry, texts.units);
    for (std::size_t number = 0; number < patches.size(); ++number) {
        const std::string name = "patch/" + patches[number].from.text();
        archive.add(name + "/index", texts.patches[number]);
        archive.add_file(name + "/data", patches[number].data_file, facts.patches[number].data_bytes);
    }
    archive.close();
    std::filesystem::rename(part_file.path(), output);
    return summarize(std::move(image), facts, patches, head_bytes);
}

} // namespace firmware_writer
