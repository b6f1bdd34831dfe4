// The order of the steps is the whole content of this file.
#include "partitions/durable.hpp"

namespace partitions {

namespace {

std::filesystem::path beside(const std::filesystem::path &path) {
    std::filesystem::path result = path;
    result += ".new";
    return result;
}

std::filesystem::path directory_of(const std::filesystem::path &path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void remove_below(Storage &storage, const std::filesystem::path &path) {
    try {
        if (storage.kind(path) == FileKind::directory)
            for (const std::filesystem::path &entry : storage.list(path))
                remove_below(storage, entry);
        storage.remove(path);
    } catch (const StorageNotFound &) {
        // Another process removed it first.
    }
}

} // namespace

std::string read_whole_file(Storage &storage, const std::filesystem::path &path, std::size_t max_bytes) {
    const std::unique_ptr<File> file = storage.open(path, OpenMode::read);
    // Not the size the file claims: files of /proc and /sys claim none.
    std::string contents;
    constexpr std::size_t step_bytes = 65536;
    for (;;) {
        const std::size_t before = contents.size();
        contents.resize(before + step_bytes);
        const std::size_t got =
            file->read_at(before, std::as_writable_bytes(std::span(contents)).subspan(before));
        contents.resize(before + got);
        if (contents.size() > max_bytes)
            throw StorageError("read", path, "it holds more than " + std::to_string(max_bytes) + " bytes",
                               "this is not the expected kind of file: find out which program wrote it");
        if (got < step_bytes)
            return contents;
    }
}

void replace_file(Storage &storage, const std::filesystem::path &path, std::string_view contents,
                  mode_t mode) {
    const std::filesystem::path fresh = beside(path);
    const std::unique_ptr<File> file = storage.open(fresh, OpenMode::create_or_truncate, mode);
    if (!contents.empty())
        file->write_at(0, std::as_bytes(std::span(contents)));
    // Contents before the name: a file system may write the rename first, and a power cut would leave an
    // empty file.
    file->sync();
    file->close();
    storage.rename(fresh, path);
    storage.sync_directory(directory_of(path));
}

void replace_symlink(Storage &storage, const std::filesystem::path &target,
                     const std::filesystem::path &link) {
    const std::filesystem::path fresh = beside(link);
    if (storage.kind(fresh) != FileKind::none)
        storage.remove(fresh); // left by a power cut
    storage.make_symlink(target, fresh);
    // The new link must be durable under its first name before it takes the place of the old one: nothing but
    // the directory holds its contents.
    storage.sync_directory(directory_of(link));
    storage.rename(fresh, link);
    storage.sync_directory(directory_of(link));
}

void make_directories(Storage &storage, const std::filesystem::path &path) {
    if (path.empty() || path == path.root_path())
        return;
    if (!path.has_filename()) { // "/a/b/"
        make_directories(storage, path.parent_path());
        return;
    }
    if (storage.kind(path) != FileKind::directory) {
        make_directories(storage, path.parent_path());
        storage.make_directory(path);
    }
    // Also if it existed: its maker may have lost power before syncing.
    storage.sync_directory(directory_of(path));
}

void remove_tree(Storage &storage, const std::filesystem::path &path) {
    if (!path.is_absolute() || path.lexically_normal() == path.root_path())
        throw std::invalid_argument("refusing to remove the tree '" + path.string() + "'");
    if (storage.kind(path) == FileKind::none)
        return;
    remove_below(storage, path);
    // The removals below need no sync of their own: what has no name cannot be found again.
    storage.sync_directory(directory_of(path));
}

} // namespace partitions
