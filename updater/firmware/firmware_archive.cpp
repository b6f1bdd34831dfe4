// Uses libarchive. Only its tar reader is enabled and no filter, so that as little code as possible sees
// unverified bytes.
#include "updater/firmware/firmware_archive.hpp"

#include "updater/firmware/firmware_error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <exception>
#include <span>
#include <stdexcept>

namespace updater::firmware {

namespace {

/// Manifest, signature and the chunk index of an image of 1 GiB fit into one or two of these.
constexpr std::uint64_t read_block_bytes = 64UL * 1024;

} // namespace

/// The state for libarchive's callbacks. They must not throw through C code, so failures are stored.
struct FirmwareArchive::Handle {
    Handle(ByteSource &bytes, std::stop_token token) : source(bytes), stop(std::move(token)) {}
    ~Handle() { archive_read_free(archive); } // Opened for reading: no error to handle.

    static la_ssize_t read(::archive *, void *data, const void **block) {
        auto &self = *static_cast<Handle *>(data);
        self.buffer.clear();
        const ByteRange range{self.position_bytes, read_block_bytes};
        try {
            self.source.read(
                {&range, 1},
                [&](std::uint64_t, std::span<const std::byte> bytes) {
                    self.buffer.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
                },
                self.stop);
        } catch (const FirmwareDamaged &) {
            // The last block of a file is shorter. libarchive reports an error if it needs more.
            self.short_read = std::current_exception();
        } catch (...) {
            self.failure = std::current_exception();
            return ARCHIVE_FATAL;
        }
        self.position_bytes += self.buffer.size();
        *block = self.buffer.data();
        return static_cast<la_ssize_t>(self.buffer.size());
    }

    ByteSource &source;
    std::stop_token stop;
    std::uint64_t position_bytes = 0;
    std::string buffer;
    std::exception_ptr failure;
    std::exception_ptr short_read;
    ::archive *archive = nullptr;
};

FirmwareArchive::FirmwareArchive(ByteSource &source, std::stop_token stop)
    : position_("before its manifest"), handle_(std::make_unique<Handle>(source, std::move(stop))) {
    handle_->archive = archive_read_new();
    if (!handle_->archive || archive_read_support_format_tar(handle_->archive) != ARCHIVE_OK)
        throw std::runtime_error("libarchive cannot read pax archives on this machine");
    if (archive_read_open(handle_->archive, handle_.get(), nullptr, Handle::read, nullptr) != ARCHIVE_OK)
        fail();
}

FirmwareArchive::~FirmwareArchive() = default;

/// Throws libarchive's error as one of ours.
void FirmwareArchive::fail() {
    if (handle_->failure)
        std::rethrow_exception(handle_->failure);
    const char *text = archive_error_string(handle_->archive);
    const std::string reason = text ? text : "unknown error";
    if (handle_->short_read && position_ != "before its manifest")
        throw FirmwareDamaged("the firmware " + handle_->source.name() + " is not whole: it ends after " +
                              std::to_string(handle_->position_bytes) + " bytes, " + position_);
    refuse("it is not a firmware archive or it is damaged " + position_ + " (" + reason + ")");
}

void FirmwareArchive::refuse(const std::string &what) const {
    throw FirmwareRefused(FirmwareRefusal::not_a_firmware_file,
                          "the firmware " + handle_->source.name() + ": " + what);
}

std::uint64_t FirmwareArchive::next_entry(std::string_view name) {
    archive_entry *entry = nullptr;
    const int result = archive_read_next_header(handle_->archive, &entry);
    if (result == ARCHIVE_EOF)
        throw FirmwareDamaged("the firmware " + handle_->source.name() + " is not whole: it ends after " +
                              std::to_string(handle_->position_bytes) + " bytes, before its entry " +
                              std::string(name));
    if (result != ARCHIVE_OK)
        fail();
    const char *found = archive_entry_pathname(entry);
    if (!found || found != name)
        refuse("it has something else where its entry " + std::string(name) + " belongs");
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
        archive_entry_sparse_count(entry) != 0 || archive_entry_size_is_set(entry) == 0 ||
        archive_entry_size(entry) < 0)
        refuse("its entry " + std::string(name) + " is not a plain file");
    position_ = "in its entry " + std::string(name);
    return static_cast<std::uint64_t>(archive_entry_size(entry));
}

std::string FirmwareArchive::read_entry(std::string_view name, std::size_t max_bytes) {
    const std::uint64_t length = next_entry(name);
    if (length > max_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the firmware " + handle_->source.name() +
                                                              ": its entry " + std::string(name) + " has " +
                                                              std::to_string(length) + " bytes, " +
                                                              std::to_string(max_bytes) + " are allowed");
    std::string contents(static_cast<std::size_t>(length), '\0');
    std::span<char> rest(contents);
    while (!rest.empty()) {
        const la_ssize_t got = archive_read_data(handle_->archive, rest.data(), rest.size());
        if (got <= 0)
            fail();
        rest = rest.subspan(static_cast<std::size_t>(got));
    }
    return contents;
}

std::uint64_t FirmwareArchive::contents_offset_bytes() const {
    return static_cast<std::uint64_t>(archive_read_header_position(handle_->archive)) + archive_block_bytes;
}

} // namespace updater::firmware
