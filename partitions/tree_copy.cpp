// Walks a tree and copies each entry. One sync at the end.
#include "partitions/tree_copy.hpp"

#include "partitions/durable.hpp"

#include <map>
#include <sys/stat.h>

namespace partitions {

namespace {

class TreeCopier {
  public:
    explicit TreeCopier(Storage &storage) : storage_(storage) {}

    void copy_directory(const std::filesystem::path &from, const std::filesystem::path &to) {
        // Accessible to root only until it has its owner and mode.
        storage_.make_directory(to, 0700);
        for (const std::filesystem::path &entry : storage_.list(from))
            copy_entry(entry, to / entry.filename());
        // After its entries: each of them changed its time.
        storage_.copy_attributes(from, to);
        ++copied_.directories;
    }

    CopiedTree copied() && { return std::move(copied_); }

  private:
    void copy_entry(const std::filesystem::path &from, const std::filesystem::path &to) {
        try {
            copy_what_stands_there(from, to);
        } catch (const StorageNotFound &) {
            // An editor's swap file or a lock that was deleted since its directory was listed. Anything else
            // is a failure.
            if (storage_.kind(from) != FileKind::none)
                throw;
            remove_tree(storage_, to);
            std::erase_if(first_copies_, [&to](const auto &one) { return one.second == to; });
        }
    }

    void copy_what_stands_there(const std::filesystem::path &from, const std::filesystem::path &to) {
        const FileDetails details = storage_.details(from);
        if (details.kind == FileKind::directory)
            copy_directory(from, to);
        else if (S_ISSOCK(details.mode))
            copied_.skipped_sockets.push_back(from);
        else if (!linked_to_first_copy(details, to))
            copy_leaf(details, from, to);
    }

    // Further names of a file become further names of its copy.
    bool linked_to_first_copy(const FileDetails &details, const std::filesystem::path &to) {
        if (details.link_count < 2)
            return false;
        const auto [first, is_first] = first_copies_.try_emplace(details.identity, to);
        if (is_first)
            return false;
        storage_.make_hard_link(first->second, to);
        count(details);
        return true;
    }

    void copy_leaf(const FileDetails &details, const std::filesystem::path &from,
                   const std::filesystem::path &to) {
        if (details.kind == FileKind::file) {
            storage_.clone_file(from, to);
        } else if (details.kind == FileKind::symlink) {
            storage_.make_symlink(storage_.read_symlink(from), to);
            storage_.copy_attributes(from, to);
        } else {
            storage_.make_node(to, details.mode, details.device);
            storage_.copy_attributes(from, to);
        }
        count(details);
    }

    void count(const FileDetails &details) {
        ++(details.kind == FileKind::file ? copied_.files : copied_.others);
    }

    Storage &storage_;
    CopiedTree copied_;
    std::map<std::uint64_t, std::filesystem::path> first_copies_;
};

} // namespace

CopiedTree copy_tree(Storage &storage, const std::filesystem::path &from,
                     const std::filesystem::path &target) {
    const std::filesystem::path to = target.has_filename() ? target : target.parent_path(); // "a/b/" is "a/b"
    if (storage.kind(to) != FileKind::none)
        throw StorageError("copy " + from.string() + " to", to, "it exists already",
                           "remove the leftovers of an earlier copy and try again");
    if (storage.details(from).kind != FileKind::directory)
        throw StorageError("copy the tree", from, "it is no directory", "check the path");
    TreeCopier copier(storage);
    copier.copy_directory(from, to);
    storage.sync_filesystem(to);
    // `to` may be the root of another file system than its parent, which holds its name.
    storage.sync_directory(to.parent_path());
    return std::move(copier).copied();
}

} // namespace partitions
