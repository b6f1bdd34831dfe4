// Uses libarchive. Only its tar reader and the Zstandard filter are enabled, so that as little code as
// possible sees unverified bytes.
#include "updater/snapshot/archive_reader.hpp"

#include "updater/snapshot/description_json.hpp"
#include "updater/snapshot/snapshot_error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace updater::snapshot {

namespace {

constexpr std::size_t block_bytes = 64UL * 1024;

} // namespace

/// The state for libarchive's callbacks. They must not throw through C code, so failures are stored.
struct ArchiveReader::Handle {
    explicit Handle(Source from) : source(std::move(from)), buffer(block_bytes) {}
    ~Handle() { archive_read_free(archive); } // Opened for reading: no error to handle.

    static la_ssize_t read(::archive *, void *data, const void **block) {
        auto &self = *static_cast<Handle *>(data);
        try {
            *block = self.buffer.data();
            return static_cast<la_ssize_t>(self.source(self.buffer));
        } catch (...) {
            self.failure = std::current_exception();
            return ARCHIVE_FATAL;
        }
    }

    Source source;
    std::vector<std::byte> buffer;
    std::exception_ptr failure;
    ::archive *archive = nullptr;
};

ArchiveReader::ArchiveReader(Source source, std::string name)
    : name_(std::move(name)), handle_(std::make_unique<Handle>(std::move(source))) {
    handle_->archive = archive_read_new();
    if (!handle_->archive || archive_read_support_format_tar(handle_->archive) != ARCHIVE_OK ||
        archive_read_support_filter_zstd(handle_->archive) != ARCHIVE_OK)
        throw std::runtime_error("libarchive cannot read snapshots on this machine");
    if (archive_read_open(handle_->archive, handle_.get(), nullptr, Handle::read, nullptr) != ARCHIVE_OK)
        fail();
    const std::string text = read_text(description_entry, max_description_bytes);
    constexpr std::size_t hash_line_bytes = 65;
    const std::string hash = read_text(description_hash_entry, hash_line_bytes);
    if (hash != partitions::base::to_hexadecimal(partitions::base::sha256_of(text)) + "\n")
        refuse("its description is not the one that was written");
    description_ = parse_description(text, name_);
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::fail() {
    if (handle_->failure)
        std::rethrow_exception(handle_->failure);
    const char *reason = archive_error_string(handle_->archive);
    refuse(std::string("it is damaged, not whole, or no snapshot (") + (reason ? reason : "it ends early") +
           ")");
}

void ArchiveReader::refuse(const std::string &what) const {
    throw SnapshotDamaged(name_, what);
}

std::uint64_t ArchiveReader::next_entry(const std::string &name) {
    archive_entry *entry = nullptr;
    const int result = archive_read_next_header(handle_->archive, &entry);
    if (result == ARCHIVE_EOF)
        refuse("it ends before " + name);
    if (result != ARCHIVE_OK)
        fail();
    const char *found = archive_entry_pathname(entry);
    if (!found || found != name)
        refuse("it has something else where " + name + " belongs");
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
        archive_entry_sparse_count(entry) != 0 || archive_entry_size_is_set(entry) == 0 ||
        archive_entry_size(entry) < 0)
        refuse(name + " in it is not a plain file");
    return static_cast<std::uint64_t>(archive_entry_size(entry));
}

std::size_t ArchiveReader::read_some(std::span<std::byte> into) {
    const la_ssize_t got = archive_read_data(handle_->archive, into.data(), into.size());
    if (got <= 0)
        fail();
    return static_cast<std::size_t>(got);
}

std::string ArchiveReader::read_text(const std::string &name, std::size_t max_bytes) {
    const std::uint64_t length = next_entry(name);
    if (length > max_bytes)
        refuse(name + " in it is larger than " + std::to_string(max_bytes) + " bytes");
    std::string text(static_cast<std::size_t>(length), '\0');
    auto rest = std::as_writable_bytes(std::span(text));
    while (!rest.empty())
        rest = rest.subspan(read_some(rest));
    return text;
}

void ArchiveReader::read_files(const Sink &settings, const Sink &base, const Sink &var) {
    read_list(Tree::settings, description_.settings, settings);
    read_list(Tree::base, description_.base, base);
    read_list(Tree::var, description_.var, var);
    archive_entry *entry = nullptr;
    const int result = archive_read_next_header(handle_->archive, &entry);
    if (result == ARCHIVE_OK)
        refuse("it holds more than its description says");
    if (result != ARCHIVE_EOF)
        fail();
}

void ArchiveReader::read_list(Tree tree, const std::vector<Entry> &entries, const Sink &sink) {
    for (const Entry &entry : entries)
        if (entry.kind == EntryKind::file)
            read_file(tree, entry, sink);
}

void ArchiveReader::read_file(Tree tree, const Entry &entry, const Sink &sink) {
    const std::string name = archive_name(tree, entry);
    if (next_entry(name) != entry.size_bytes)
        refuse(name + " in it has another size than its description says");
    sink.begin(entry);
    partitions::base::Sha256Hasher hasher;
    std::vector<std::byte> buffer(block_bytes);
    for (std::uint64_t left = entry.size_bytes; left > 0;) {
        const std::size_t wanted = left < buffer.size() ? static_cast<std::size_t>(left) : buffer.size();
        const auto got = std::span<const std::byte>(buffer).first(read_some(std::span(buffer).first(wanted)));
        hasher.add(got);
        sink.bytes(got);
        left -= got.size();
    }
    if (hasher.finish() != entry.hash)
        refuse(name + " in it is not what was written: its hash is another one");
    sink.end();
}

} // namespace updater::snapshot
