#include "updater/support/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <new>
#include <stdexcept>

namespace updater::support {

void Archive::Free::operator()(archive *opened) const {
    archive_write_free(opened);
}

Archive::Archive(int descriptor, std::chrono::system_clock::time_point now)
    : archive_(archive_write_new()), now_(now) {
    if (!archive_)
        throw std::bad_alloc();
    require(archive_write_add_filter_zstd(archive_.get()));
    require(archive_write_set_format_pax_restricted(archive_.get()));
    require(archive_write_open_fd(archive_.get(), descriptor));
}

void Archive::add(const std::string &name, std::string_view contents) {
    const std::unique_ptr<archive_entry, decltype([](archive_entry *entry) { archive_entry_free(entry); })>
        entry(archive_entry_new());
    if (!entry)
        throw std::bad_alloc();
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(contents.size()));
    archive_entry_set_mtime(entry.get(), std::chrono::system_clock::to_time_t(now_), 0);
    require(archive_write_header(archive_.get(), entry.get()));
    if (archive_write_data(archive_.get(), contents.data(), contents.size()) !=
        static_cast<la_ssize_t>(contents.size()))
        require(ARCHIVE_FATAL);
}

void Archive::close() {
    require(archive_write_close(archive_.get()));
}

void Archive::require(int result) const {
    if (result == ARCHIVE_OK)
        return;
    const char *reason = archive_error_string(archive_.get());
    throw std::runtime_error(std::string("cannot write the bundle: ") +
                             (reason != nullptr ? reason : "unknown error"));
}

} // namespace updater::support
