#include "updater/snapshot/tree_writer.hpp"

#include <memory>

namespace updater::snapshot {

namespace {

std::filesystem::path place_of(const std::filesystem::path &target, const Entry &entry) {
    return entry.path.empty() ? target : target / entry.path;
}

/// Everything but the contents of files. Parents come first in the list, and what is above an entry was made
/// here as a directory, so no link leads out.
void make_names(partitions::Storage &storage, const Description &description,
                const std::filesystem::path &target) {
    for (const Entry &entry : description.settings) {
        const std::filesystem::path place = place_of(target, entry);
        if (entry.kind == EntryKind::directory)
            storage.make_directory(place, 0700);
        else if (entry.kind == EntryKind::symlink)
            storage.make_symlink(entry.target, place);
        else if (entry.kind == EntryKind::whiteout)
            hooks::overlay::make_whiteout(storage, place);
    }
}

} // namespace

void write_settings(partitions::Storage &storage, const EntryAttributes &attributes, ArchiveReader &archive,
                    const std::filesystem::path &target) {
    make_names(storage, archive.description(), target);
    std::unique_ptr<partitions::File> file;
    archive.read_files({.begin =
                            [&](const Entry &entry) {
                                file = storage.open(place_of(target, entry),
                                                    partitions::OpenMode::create_or_truncate, 0600);
                            },
                        .bytes = [&](std::span<const std::byte> bytes) { file->append(bytes); },
                        .end = [&] { file->close(); }},
                       {});
    // Children first: making them changed the times of their directories.
    const auto &settings = archive.description().settings;
    for (auto entry = settings.rbegin(); entry != settings.rend(); ++entry)
        if (entry->kind != EntryKind::whiteout)
            attributes.write(place_of(target, *entry), *entry);
    storage.sync_filesystem(target);
}

} // namespace updater::snapshot
