#include "updater/snapshot/tree_scan.hpp"

#include "hooks/overlay/overlay_view.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/path_text.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <vector>

namespace updater::snapshot {

namespace {

constexpr std::size_t piece_bytes = 64UL * 1024;

/// The numbers of accounts are merged by comparing with these, also if nobody changed them.
constexpr const char *always_in_base[] = {"passwd", "group", "shadow", "gshadow", "subuid", "subgid"};

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
    description.left_out.clear();
    scan_settings(trees.upper, {}, description);
    scan_base(trees, description);
}

ContentsOf TreeScan::contents_of(const Trees &trees) const {
    return [this, trees](Tree tree, const Entry &entry, const ByteSink &sink) {
        read_pieces(storage_, (tree == Tree::settings ? trees.upper : trees.lower) / entry.path, sink);
    };
}

void TreeScan::scan_settings(const std::filesystem::path &upper, const std::filesystem::path &relative,
                             Description &description) const {
    const std::filesystem::path path = relative.empty() ? upper : upper / relative;
    const auto kind = kind_of(storage_, path);
    if (!kind) {
        description.left_out.push_back("/etc/" + plain_from(relative.native()) +
                                       " is a socket, FIFO or device");
        return;
    }
    require_room(description.settings);
    description.settings.push_back(entry_at(path, relative, *kind));
    if (*kind == EntryKind::directory)
        for (const std::filesystem::path &child : storage_.list(path))
            scan_settings(upper, relative / child.filename(), description);
}

void TreeScan::scan_base(const Trees &trees, Description &description) const {
    std::set<std::filesystem::path> done;
    for (const Entry &entry : description.settings) {
        // Below a folder that was added with its contents, everything is there already.
        const bool covered = std::any_of(entry.path.begin(), entry.path.end(),
                                         [&, above = std::filesystem::path()](const auto &name) mutable {
                                             above /= name;
                                             return done.contains(above);
                                         });
        if (covered)
            continue;
        const bool hides = entry.kind != EntryKind::directory || entry.opaque;
        if (hides)
            done.insert(entry.path);
        add_base(trees.lower, entry.path, hides, description.base);
    }
    for (const char *name : always_in_base)
        if (std::ranges::find(description.base, name, &Entry::path) == description.base.end())
            add_base(trees.lower, name, false, description.base);
}

void TreeScan::add_base(const std::filesystem::path &lower, const std::filesystem::path &relative,
                        bool with_contents, std::vector<Entry> &base) const {
    const auto path =
        relative.empty() ? std::optional(lower) : hooks::overlay::find_entry(storage_, lower, relative);
    const auto kind = path ? kind_of(storage_, *path) : std::nullopt;
    if (!kind || *kind == EntryKind::whiteout)
        return;
    require_room(base);
    base.push_back(entry_at(*path, relative, *kind));
    if (with_contents && *kind == EntryKind::directory)
        for (const std::filesystem::path &child : storage_.list(*path))
            add_base(lower, relative / child.filename(), true, base);
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
