#include "updater/snapshot/tree_scan.hpp"

#include "hooks/overlay/overlay_format.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/path_text.hpp"
#include "updater/snapshot/product_places.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <vector>

namespace updater::snapshot {

namespace {

constexpr std::size_t piece_bytes = 64UL * 1024;

/// Whiteouts count as such only where they can be.
std::optional<EntryKind> kind_of(partitions::Storage &storage, const std::filesystem::path &path) {
    switch (storage.kind(path)) {
    case partitions::FileKind::directory:
        return EntryKind::directory;
    case partitions::FileKind::file:
        return EntryKind::file;
    case partitions::FileKind::symlink:
        return EntryKind::symlink;
    case partitions::FileKind::other:
        if (hooks::overlay::is_whiteout(storage, path))
            return EntryKind::whiteout;
        return std::nullopt;
    case partitions::FileKind::none:
        return std::nullopt;
    }
    return std::nullopt;
}

void require_room(const std::vector<Entry> &entries) {
    if (entries.size() >= max_entries)
        throw Refused("/etc has more than " + std::to_string(max_entries) +
                          " changed files, more than a snapshot holds",
                      "Move what is no setting out of /etc. What was changed: find / -xdev -path "
                      "'/data/generations/*/etc/upper/*'",
                      messages::Code::snapshot_refused);
}

void read_pieces(partitions::Storage &storage, const std::filesystem::path &path, const ByteSink &sink) {
    const auto file = storage.open(path, partitions::OpenMode::read);
    std::vector<std::byte> buffer(piece_bytes);
    for (std::uint64_t at = 0;;) {
        const std::size_t got = file->read_at(at, buffer);
        sink(std::span<const std::byte>(buffer).first(got));
        at += got;
        if (got < buffer.size())
            return;
    }
}

} // namespace

void TreeScan::run(const Trees &trees, Description &description) const {
    description.settings.clear();
    description.base.clear();
    description.var.clear();
    description.left_out.clear();
    scan_settings(trees.upper, {}, description);
    scan_base(trees.lower, {}, description.base);
    scan_places(trees, description);
}

ContentsOf TreeScan::contents_of(const Trees &trees) const {
    return [this, trees](Tree tree, const Entry &entry, const ByteSink &sink) {
        const auto &root = tree == Tree::settings ? trees.upper
                           : tree == Tree::base   ? trees.lower
                                                  : trees.var;
        read_pieces(storage_, root / entry.path, sink);
    };
}

void TreeScan::scan_settings(const std::filesystem::path &upper, const std::filesystem::path &relative,
                             Description &description) const {
    const std::filesystem::path path = relative.empty() ? upper : upper / relative;
    const auto kind = kind_of(storage_, path);
    if (!kind) {
        description.left_out.push_back("/etc/" + plain_in_line(relative.native()) +
                                       " is a socket, FIFO or device");
        return;
    }
    require_room(description.settings);
    description.settings.push_back(entry_at(path, relative, *kind));
    if (*kind == EntryKind::directory)
        for (const std::filesystem::path &child : storage_.list(path))
            scan_settings(upper, relative / child.filename(), description);
}

void TreeScan::scan_base(const std::filesystem::path &lower, const std::filesystem::path &relative,
                         std::vector<Entry> &base) const {
    const std::filesystem::path path = relative.empty() ? lower : lower / relative;
    const auto kind = kind_of(storage_, path);
    if (!kind || *kind == EntryKind::whiteout)
        return;
    require_room(base);
    base.push_back(entry_at(path, relative, *kind));
    if (*kind == EntryKind::directory)
        for (const std::filesystem::path &child : storage_.list(path))
            scan_base(lower, relative / child.filename(), base);
}

void TreeScan::scan_places(const Trees &trees, Description &description) const {
    for (const std::filesystem::path &place : trees.places) {
        const bool has_it = std::ranges::find(description.var, place, &Entry::path) != description.var.end();
        if (has_it || !is_plain_folder(storage_, trees.var, place))
            continue;
        if (!fits_in_snapshot(storage_, trees.var / place)) {
            description.left_out.push_back(too_large_for_snapshot(place));
            continue;
        }
        add_folders_above(trees.var, place, description.var);
        scan_var(trees.var, place, description);
    }
}

void TreeScan::add_folders_above(const std::filesystem::path &var, const std::filesystem::path &place,
                                 std::vector<Entry> &list) const {
    std::filesystem::path above;
    for (const auto &name : place) {
        if (std::ranges::find(list, above, &Entry::path) == list.end())
            list.push_back(entry_at(above.empty() ? var : var / above, above, EntryKind::directory));
        list.back().attributes.flags = 0;
        above /= name;
    }
}

void TreeScan::scan_var(const std::filesystem::path &var, const std::filesystem::path &relative,
                        Description &description) const {
    const auto kind = kind_of(storage_, var / relative);
    // A link would lead whoever restores it anywhere.
    if (kind != EntryKind::directory && kind != EntryKind::file) {
        description.left_out.push_back("/var/" + plain_in_line(relative.native()) + " is no file or folder");
        return;
    }
    require_room(description.var);
    description.var.push_back(entry_at(var / relative, relative, *kind));
    description.var.back().attributes.flags = 0; // nobody could replace the folder
    if (kind == EntryKind::directory)
        for (const std::filesystem::path &child : storage_.list(var / relative))
            scan_var(var, relative / child.filename(), description);
}

Entry TreeScan::entry_at(const std::filesystem::path &path, const std::filesystem::path &relative,
                         EntryKind kind) const {
    Entry entry{.path = relative, .kind = kind};
    if (kind == EntryKind::whiteout)
        return entry;
    attributes_.read(path, entry);
    if (kind == EntryKind::symlink)
        entry.target = storage_.read_symlink(path);
    if (kind == EntryKind::file) {
        partitions::base::Sha256Hasher hasher;
        read_pieces(storage_, path, [&](std::span<const std::byte> bytes) {
            hasher.add(bytes);
            entry.size_bytes += bytes.size();
            if (entry.size_bytes > max_file_bytes)
                throw Refused("/etc/" + plain_from(relative.native()) + " is larger than a snapshot holds",
                              "Move it out of /etc, for example to /data or /var.",
                              messages::Code::snapshot_refused);
        });
        entry.hash = hasher.finish();
    }
    return entry;
}

} // namespace updater::snapshot
