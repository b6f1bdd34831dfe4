#include "image/firmware-writer/archive_writer.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fstream>
#include <new>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace firmware_writer {

void ArchiveWriter::Free::operator()(archive *archive) const {
    archive_write_free(archive);
}

ArchiveWriter::ArchiveWriter(const std::filesystem::path &path) : path_(path), archive_(archive_write_new()) {
    require(archive_ ? archive_write_set_format_pax_restricted(archive_.get()) : ARCHIVE_FATAL);
    require(archive_write_add_filter_none(archive_.get()));
    require(archive_write_open_filename(archive_.get(), path.c_str()));
}

void ArchiveWriter::add(const std::string &name, const std::string &contents) {
    begin(name, contents.size());
    write(contents);
}

void ArchiveWriter::add_file(const std::string &name, const std::filesystem::path &file,
                             std::uint64_t length_bytes) {
    begin(name, length_bytes);
    std::ifstream stored;
    stored.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
    try {
        stored.open(file, std::ios::binary);
        std::vector<char> buffer(1024UL * 1024);
        while (length_bytes > 0) {
            const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(length_bytes, buffer.size()));
            stored.read(buffer.data(), static_cast<std::streamsize>(piece));
            write(std::span(buffer).first(piece));
            length_bytes -= piece;
        }
    } catch (const std::ios_base::failure &) {
        throw std::system_error(errno, std::generic_category(), "cannot read " + file.string());
    }
}

std::uint64_t ArchiveWriter::written_bytes() const {
    return static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), -1));
}

void ArchiveWriter::close() {
    require(archive_write_close(archive_.get()));
}

void ArchiveWriter::begin(const std::string &name, std::uint64_t length_bytes) {
    const std::unique_ptr<archive_entry, decltype([](archive_entry *entry) { archive_entry_free(entry); })>
        entry(archive_entry_new());
    if (!entry)
        throw std::bad_alloc();
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(length_bytes));
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_uname(entry.get(), "root");
    archive_entry_set_gname(entry.get(), "root");
    require(archive_write_header(archive_.get(), entry.get()));
}

void ArchiveWriter::write(std::span<const char> bytes) {
    if (archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
        static_cast<la_ssize_t>(bytes.size()))
        require(ARCHIVE_FATAL);
}

void ArchiveWriter::require(int result) const {
    if (result == ARCHIVE_OK)
        return;
    const char *text = archive_ ? archive_error_string(archive_.get()) : nullptr;
    throw std::runtime_error("cannot write " + path_.string() + ": " + (text ? text : "unknown error"));
}

} // namespace firmware_writer
