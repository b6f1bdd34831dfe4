// The archive through libarchive. Only the tar reader is enabled and no filter, so that as little code as
// possible sees bytes that are not checked yet.
#include "updater/firmware/firmware_archive.hpp"

#include "updater/firmware/firmware_error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace updater {

namespace {

constexpr std::size_t read_block_bytes = 256UL * 1024;
constexpr std::uint64_t tar_block_bytes = 512;

} // namespace

struct FirmwareArchive::Handle {
    ~Handle() {
        // Only read from: neither call can lose anything.
        archive_read_free(archive);
        if (file >= 0)
            ::close(file);
    }

    /// Length of the file as it is now; nothing when it is not an ordinary file.
    std::optional<std::uint64_t> file_bytes() const {
        struct stat status {};
        if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
            return std::nullopt;
        return static_cast<std::uint64_t>(status.st_size);
    }

    int file = -1;
    ::archive *archive = nullptr;
};

FirmwareArchive::FirmwareArchive(std::filesystem::path file)
    : file_(std::move(file)), position_("before its manifest"), handle_(std::make_unique<Handle>()) {
    handle_->file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle_->file < 0)
        refuse("it cannot be opened: " + std::generic_category().message(errno));
    handle_->archive = archive_read_new();
    if (!handle_->archive || archive_read_support_format_tar(handle_->archive) != ARCHIVE_OK)
        throw std::runtime_error("libarchive cannot read pax archives on this machine");
    if (archive_read_open_fd(handle_->archive, handle_->file, read_block_bytes) != ARCHIVE_OK)
        fail();
}

FirmwareArchive::~FirmwareArchive() = default;

/// Turns libarchive's error into one of ours.
void FirmwareArchive::fail() {
    const auto consumed = static_cast<std::uint64_t>(archive_filter_bytes(handle_->archive, 0));
    const std::optional<std::uint64_t> length = handle_->file_bytes();
    const char *text = archive_error_string(handle_->archive);
    const std::string reason = text ? text : "unknown error";
    // What is left after the last good byte is less than a block of a tar archive.
    if (length && consumed + tar_block_bytes > *length && position_ != "before its manifest")
        throw FirmwareDamaged("the firmware " + file_.string() + " is not whole: it ends after " +
                              std::to_string(*length) + " bytes, " + position_);
    // libarchive says EILSEQ or a negative number for a wrong format; everything else came from read(2).
    const int error = archive_errno(handle_->archive);
    if (error > 0 && error != EILSEQ && error != EINVAL)
        throw FirmwareDamaged("the firmware " + file_.string() + " cannot be read " + position_ + ": " +
                              reason);
    refuse("it is not a firmware archive or it is damaged " + position_ + " (" + reason + ")");
}

void FirmwareArchive::refuse(const std::string &what) const {
    throw FirmwareRefused(FirmwareRefusal::not_a_firmware_file,
                          "the firmware " + file_.string() + ": " + what);
}

std::uint64_t FirmwareArchive::next_entry(std::string_view name) {
    archive_entry *entry = nullptr;
    const int result = archive_read_next_header(handle_->archive, &entry);
    if (result == ARCHIVE_EOF) {
        const std::optional<std::uint64_t> length = handle_->file_bytes();
        throw FirmwareDamaged("the firmware " + file_.string() + " is not whole: it ends" +
                              (length ? " after " + std::to_string(*length) + " bytes," : "") +
                              " before its entry " + std::string(name));
    }
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

std::string FirmwareArchive::read_entry(std::string_view name, std::size_t most_bytes) {
    const std::uint64_t length = next_entry(name);
    if (length > most_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the firmware " + file_.string() + ": its entry " +
                                                              std::string(name) + " has " +
                                                              std::to_string(length) + " bytes, " +
                                                              std::to_string(most_bytes) + " are allowed");
    std::string contents(static_cast<std::size_t>(length), '\0');
    read(std::as_writable_bytes(std::span(contents)));
    return contents;
}

void FirmwareArchive::read(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const la_ssize_t length = archive_read_data(handle_->archive, bytes.data(), bytes.size());
        if (length <= 0)
            fail();
        bytes = bytes.subspan(static_cast<std::size_t>(length));
    }
}

void FirmwareArchive::expect_end() {
    archive_entry *entry = nullptr;
    const int result = archive_read_next_header(handle_->archive, &entry);
    if (result == ARCHIVE_OK)
        refuse("it has an entry more than belongs there");
    if (result != ARCHIVE_EOF)
        fail();
}

} // namespace updater
