#include "updater/snapshot/exchange.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/unfinished.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace updater::snapshot {

namespace {

[[noreturn]] void fail(const char *operation) {
    throw std::system_error(errno, std::generic_category(), operation);
}

/// Others, such as a pipe, could make whoever reads or writes them wait for ever.
std::uint64_t size_of_regular(int file) {
    struct stat status {};
    if (fstat(file, &status) != 0)
        fail("look at the file of the snapshot");
    if (!S_ISREG(status.st_mode))
        throw Refused("the file of the snapshot is no regular file", "Give the path of a file.",
                      messages::Code::snapshot_refused);
    return static_cast<std::uint64_t>(status.st_size);
}

std::string read_all(int file) {
    const std::uint64_t size = size_of_regular(file);
    if (size > max_exchanged_bytes)
        throw Refused("the file has " + text::bytes_text(size) + ", more than a snapshot",
                      "Give the file that update-control --snapshot export has written.",
                      messages::Code::snapshot_refused);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t got = pread(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (got < 0 && errno != EINTR)
            fail("read the file of the snapshot");
        if (got == 0)
            bytes.resize(at); // it was cut meanwhile; the hashes notice
        at += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    return bytes;
}

void write_all(int file, std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t put = pwrite(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (put < 0 && errno != EINTR)
            fail("write the file of the snapshot");
        at += static_cast<std::size_t>(std::max<ssize_t>(put, 0));
    }
    // A file in memory needs none.
    if (fsync(file) != 0 && errno != EINVAL)
        fail("make the file of the snapshot durable");
}

ArchiveReader::Source source_in_memory(std::string_view bytes) {
    return [rest = bytes](std::span<std::byte> into) mutable {
        const std::size_t length = std::min(into.size(), rest.size());
        if (length > 0)
            std::memcpy(into.data(), rest.data(), length);
        rest.remove_prefix(length);
        return length;
    };
}

std::string decrypted_if_needed(std::string bytes, const Secret &secret) {
    if (!is_encrypted(bytes))
        return bytes;
    if (!secret.given())
        throw Refused("the snapshot is encrypted",
                      "Give the password or the key: --password-file FILE, --ask-password or --key FILE",
                      messages::Code::snapshot_refused);
    return decrypted(bytes, secret);
}

} // namespace

void export_snapshot(partitions::Storage &storage, const SnapshotStore &store, const std::string &name,
                     int file, const Secret &secret) {
    size_of_regular(file);
    static_cast<void>(store.verified(name));
    const std::string bytes = partitions::read_whole_file(storage, store.file_of(name), max_exchanged_bytes);
    write_all(file, secret.given() ? encrypted(bytes, secret) : bytes);
}

std::string import_snapshot(partitions::Storage &storage, SnapshotStore &store, const std::string &name,
                            int file, const Secret &secret) {
    const std::string bytes = decrypted_if_needed(read_all(file), secret);
    ArchiveReader archive(source_in_memory(bytes), name.empty() ? "in this file" : name);
    archive.verify();
    const Description &description = archive.description();
    // Under its own name it would be removed like those that the appliance makes.
    const std::string taken = !name.empty()           ? name
                              : description.automatic ? "imported-" + store.name_now("")
                                                      : description.name;
    constexpr mode_t for_root_only_folder = 0700;
    constexpr mode_t for_root_only = 0600;
    partitions::make_directories(storage, store.folder().parent_path());
    storage.make_directory(store.folder(), for_root_only_folder);
    const std::filesystem::path arrived = store.folder() / ".imported";
    store.require_space(bytes.size());
    try {
        partitions::replace_file(storage, arrived, bytes, for_root_only);
        store.adopt(arrived, taken);
    } catch (...) {
        remove_unfinished(storage, {arrived, arrived.string() + ".new"});
        throw;
    }
    return taken;
}

} // namespace updater::snapshot
