// Compares the merged view, not the upper directory alone; see the header.
#include "hooks/etc/replaced_folders.hpp"

#include "hooks/etc/special_places.hpp"
#include "hooks/living_tree.hpp"

#include <cstdint>

namespace hooks::etc {

using Path = std::filesystem::path;

namespace {

bool says_more_than(const EtcWork &work, const Path &mine, const Path &base);

// The same for an entry in it. below: its namesake in the old image.
bool entry_says_more(const EtcWork &work, const Path &entry, const std::optional<Path> &below) {
    const partitions::FileKind kind = work.storage.details(entry).kind;
    if (!below || work.storage.kind(*below) != kind)
        return true;
    if (kind == partitions::FileKind::directory)
        return says_more_than(work, entry, *below);
    return !same_contents(work.storage, entry, *below) ||
           overlay::read_attributes(entry) != overlay::read_attributes(*below);
}

// Whether the folder in the upper directory differs from the old image's folder.
bool says_more_than(const EtcWork &work, const Path &mine, const Path &base) {
    if (overlay::read_attributes(mine) != overlay::read_attributes(base) || overlay::is_opaque(mine))
        return true;
    for (const Path &entry : list_if_there(work.storage, mine)) {
        bool says_more = false;
        unless_gone(work.storage, entry,
                    [&] { says_more = entry_says_more(work, entry, work.child(base, entry.filename())); });
        if (says_more)
            return true;
    }
    return false;
}

// Copies the administrator's view of the folder. Returns the number of files.
std::uint64_t put_view(EtcWork &work, const Path &relative) {
    work.writer.put_directory(relative);
    std::uint64_t files = 0;
    for (const auto &[name, entry] : work.old_view().list(relative)) {
        if (place_of(relative / name).treatment == Treatment::leave_behind)
            continue;
        const bool was_there = unless_gone(work.storage, entry, [&, &name = name, &entry = entry] {
            const partitions::FileKind kind = work.storage.kind(entry);
            if (kind == partitions::FileKind::directory || kind == partitions::FileKind::file)
                overlay::refuse_unsupported_marks(entry);
            if (kind == partitions::FileKind::directory) {
                files += put_view(work, relative / name);
                return;
            }
            work.writer.put_copy(relative / name, entry, work.translated_attributes(entry));
            work.notice_other_owners(relative / name, entry);
            ++files;
        });
        if (!was_there)
            work.writer.undo_put(relative / name);
    }
    return files;
}

} // namespace

bool is_replaced_folder(const EtcWork &work, const Versions &versions) {
    // overlayfs marks every folder it makes as opaque; that means something only if there was one below.
    return versions.base && (!work.if_directory(versions.base) || overlay::is_opaque(versions.mine));
}

void put_replaced_folder(EtcWork &work, const Path &relative, const Versions &versions) {
    if (work.if_directory(versions.theirs)) {
        work.writer.put_opaque_directory(relative);
        // The new image may now have the very folder that the administrator added.
        const Fate fate = work.if_directory(versions.base) ? Fate::carried : Fate::conflict;
        work.report(fate, relative,
                    "replaced as a whole by the administrator; what the new system has in it stays hidden");
        return;
    }
    work.writer.put_directory(relative);
    if (versions.theirs && !same_contents(work.storage, *versions.base, *versions.theirs))
        work.report(Fate::conflict, relative,
                    "replaced as a whole by the administrator, and of another kind in the new system; the "
                    "administrator's version stays" +
                        work.lay_beside(relative, *versions.theirs));
    else
        work.report(Fate::carried, relative, "replaced as a whole by the administrator");
}

void convert_folder_over_other_kind(EtcWork &work, const Path &relative, const Versions &versions) {
    if (!says_more_than(work, versions.mine, *versions.base)) {
        work.report(Fate::left_behind, relative,
                    "unchanged; the new system has something of another kind here");
        return;
    }
    const std::uint64_t files = put_view(work, relative);
    work.report(Fate::conflict, relative,
                "of another kind in the new system; the administrator's version stays, with all " +
                    std::to_string(files) + " files that were in it" +
                    work.lay_beside(relative, *versions.theirs));
}

} // namespace hooks::etc
