// Uses libarchive.
#include "updater/snapshot/archive_writer.hpp"

#include "updater/snapshot/description_json.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

namespace updater::snapshot {

namespace {

class PaxWriter {
  public:
    explicit PaxWriter(const ByteSink &sink) : sink_(sink), archive_(archive_write_new()) {
        require(archive_ ? archive_write_set_format_pax_restricted(archive_.get()) : ARCHIVE_FATAL);
        require(archive_write_add_filter_zstd(archive_.get()));
        require(archive_write_set_bytes_in_last_block(archive_.get(), 1));
        require(archive_write_open(archive_.get(), this, nullptr, write_out, nullptr));
    }

    void begin(const std::string &name, std::uint64_t size_bytes) {
        const std::unique_ptr<archive_entry,
                              decltype([](archive_entry *entry) { archive_entry_free(entry); })>
            entry(archive_entry_new());
        if (!entry)
            throw std::bad_alloc();
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0600); // whoever unpacks it by hand
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size_bytes));
        archive_entry_set_mtime(entry.get(), 0, 0);
        require(archive_write_header(archive_.get(), entry.get()));
    }
    void write(std::span<const std::byte> bytes) {
        if (archive_write_data(archive_.get(), bytes.data(), bytes.size()) !=
            static_cast<la_ssize_t>(bytes.size()))
            require(ARCHIVE_FATAL);
    }
    void add(const std::string &name, std::string_view text) {
        begin(name, text.size());
        write(std::as_bytes(std::span(text)));
    }
    void close() { require(archive_write_close(archive_.get())); }

  private:
    // libarchive is C: a failure of the sink is stored, and thrown when its call has returned.
    static la_ssize_t write_out(archive *, void *data, const void *bytes, std::size_t length) {
        auto &self = *static_cast<PaxWriter *>(data);
        try {
            if (!self.failure_)
                self.sink_({static_cast<const std::byte *>(bytes), length});
            return static_cast<la_ssize_t>(length);
        } catch (...) {
            self.failure_ = std::current_exception();
            return ARCHIVE_FATAL;
        }
    }

    void require(int result) const {
        if (failure_)
            std::rethrow_exception(failure_);
        if (result == ARCHIVE_OK)
            return;
        const char *text = archive_ ? archive_error_string(archive_.get()) : nullptr;
        throw std::runtime_error(std::string("cannot write a snapshot: ") + (text ? text : "unknown error"));
    }

    const ByteSink &sink_;
    std::exception_ptr failure_;
    std::unique_ptr<archive, decltype([](archive *each) { archive_write_free(each); })> archive_;
};

void add_files(PaxWriter &archive, Tree tree, const std::vector<Entry> &entries,
               const ContentsOf &contents_of) {
    for (const Entry &entry : entries) {
        if (entry.kind != EntryKind::file)
            continue;
        archive.begin(archive_name(tree, entry), entry.size_bytes);
        contents_of(tree, entry, [&](std::span<const std::byte> bytes) { archive.write(bytes); });
    }
}

} // namespace

void write_archive(const Description &description, const ContentsOf &contents_of, const ByteSink &sink) {
    const std::string text = description_text(description);
    PaxWriter archive(sink);
    archive.add(description_entry, text);
    archive.add(description_hash_entry,
                partitions::base::to_hexadecimal(partitions::base::sha256_of(text)) + "\n");
    add_files(archive, Tree::settings, description.settings, contents_of);
    add_files(archive, Tree::base, description.base, contents_of);
    add_files(archive, Tree::var, description.var, contents_of);
    archive.close();
}

void write_archive_file(partitions::Storage &storage, const std::filesystem::path &file,
                        const Description &description, const ContentsOf &contents_of) {
    constexpr mode_t for_root_only = 0600;
    const auto open = storage.open(file, partitions::OpenMode::create_or_truncate, for_root_only);
    write_archive(description, contents_of, [&](std::span<const std::byte> bytes) { open->append(bytes); });
    open->sync();
    open->close();
}

} // namespace updater::snapshot
