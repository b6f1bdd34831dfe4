// Putting a firmware file together: first the chunks, then the index that names them, then the manifest that
// names the index, then the signature; the archive has them in the opposite order, for its reader.
#include "updater/firmware/firmware_writer.hpp"

#include "updater/firmware/chunk_compressor.hpp"
#include "updater/firmware/firmware_archive.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/firmware/signature.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace updater {

namespace {

/// A file that goes away with this object, unless it got another name before.
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

/// A pax archive that depends on nothing but its contents: no times, no owners of the machine it is made on.
class ArchiveWriter {
  public:
    explicit ArchiveWriter(const std::filesystem::path &path) : path_(path), archive_(archive_write_new()) {
        require(archive_ ? archive_write_set_format_pax_restricted(archive_.get()) : ARCHIVE_FATAL);
        require(archive_write_add_filter_none(archive_.get()));
        require(archive_write_open_filename(archive_.get(), path.c_str()));
    }

    void begin(const char *name, std::uint64_t length_bytes) {
        const std::unique_ptr<archive_entry,
                              decltype([](archive_entry *entry) { archive_entry_free(entry); })>
            entry(archive_entry_new());
        if (!entry)
            throw std::bad_alloc();
        archive_entry_set_pathname(entry.get(), name);
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(length_bytes));
        archive_entry_set_mtime(entry.get(), 0, 0);
        archive_entry_set_uname(entry.get(), "root");
        archive_entry_set_gname(entry.get(), "root");
        require(archive_write_header(archive_.get(), entry.get()));
    }

    void write(std::span<const char> bytes) {
        if (archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
            static_cast<la_ssize_t>(bytes.size()))
            require(ARCHIVE_FATAL);
    }

    void add(const char *name, const std::string &contents) {
        begin(name, contents.size());
        write(contents);
    }

    void close() { require(archive_write_close(archive_.get())); }

  private:
    void require(int result) const {
        if (result == ARCHIVE_OK)
            return;
        const char *text = archive_ ? archive_error_string(archive_.get()) : nullptr;
        throw std::runtime_error("cannot write " + path_.string() + ": " + (text ? text : "unknown error"));
    }

    std::filesystem::path path_;
    std::unique_ptr<archive, decltype([](archive *a) { archive_write_free(a); })> archive_;
};

void copy(std::ifstream &stored, std::uint64_t length_bytes, ArchiveWriter &archive) {
    std::vector<char> buffer(1024UL * 1024);
    while (length_bytes > 0) {
        const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length_bytes, buffer.size()));
        stored.read(buffer.data(), static_cast<std::streamsize>(piece));
        archive.write(std::span(buffer).first(piece));
        length_bytes -= piece;
    }
}

ChunkIndex compress_to_file(const FirmwareParts &parts, const std::filesystem::path &path,
                            const BuildProgress &progress, const std::stop_token &stop) {
    std::ofstream stored;
    stored.exceptions(std::ios::failbit | std::ios::badbit);
    try {
        stored.open(path, std::ios::binary | std::ios::trunc);
        ChunkIndex index = compress_image(parts, stored, progress, stop);
        stored.close();
        return index;
    } catch (const std::ios_base::failure &) {
        throw std::system_error(errno, std::generic_category(), "cannot write " + path.string());
    }
}

void require_buildable(const FirmwareParts &parts) {
    if (parts.compression_level < 1 || parts.compression_level > 19)
        throw std::runtime_error("the compression level is not a number from 1 to 19");
    // So that a wrong template or key is found now and not after minutes of compressing.
    std::error_code error;
    const std::uint64_t image_bytes = std::filesystem::file_size(parts.image, error);
    if (error)
        throw std::system_error(error, "cannot read the image " + parts.image.string());
    sign(complete_manifest(parts.manifest_template, image_bytes, Sha256{}, 0), parts.key, parts.certificate);
}

} // namespace

void write_firmware(const FirmwareParts &parts, const std::filesystem::path &output,
                    const BuildProgress &progress, const std::stop_token &stop) {
    require_buildable(parts);
    const TemporaryFile stored_file(output.string() + ".stored");
    const ChunkIndex index = compress_to_file(parts, stored_file.path(), progress, stop);
    const std::string index_text = serialize(index);
    const std::string manifest = complete_manifest(parts.manifest_template, index.image_bytes,
                                                   sha256_of(index_text), index_text.size());

    const TemporaryFile part_file(output.string() + ".part");
    ArchiveWriter archive(part_file.path());
    archive.add(manifest_entry, manifest);
    archive.add(signature_entry, sign(manifest, parts.key, parts.certificate));
    archive.add(chunk_index_entry, index_text);
    archive.begin(image_entry, index.stored_bytes);
    std::ifstream stored;
    stored.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
    stored.open(stored_file.path(), std::ios::binary);
    copy(stored, index.stored_bytes, archive);
    archive.close();
    std::filesystem::rename(part_file.path(), output);
}

} // namespace updater
