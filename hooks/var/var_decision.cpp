// The rule: what the appliance made or changed wins; unchanged files are the new image's. See the header.
#include "hooks/var/var_decision.hpp"

#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/entry_decision.hpp"

#include <sys/stat.h>

namespace hooks::var {

using Path = std::filesystem::path;

namespace {

// Why an entry that is neither file, link nor folder stays behind; empty for one that is carried.
std::string odd_kind(partitions::Storage &storage, const Path &path) {
    if (storage.kind(path) != partitions::FileKind::other || overlay::is_whiteout(storage, path))
        return {}; // a whiteout records what a container's layer has removed
    const mode_t mode = storage.details(path).mode;
    if (S_ISSOCK(mode))
        return "a socket; the program that listens on it makes it again";
    return S_ISFIFO(mode) ? "a FIFO; the program that reads it makes it again" : "a device node";
}

bool holds_nothing_but_folders(partitions::Storage &storage, const Path &folder) {
    for (const Path &entry : storage.list(folder))
        if (storage.kind(entry) != partitions::FileKind::directory ||
            !holds_nothing_but_folders(storage, entry))
            return false;
    return true;
}

std::optional<overlay::Attributes> attributes_if_same_kind(partitions::Storage &storage,
                                                           const std::optional<Path> &path,
                                                           partitions::FileKind kind) {
    return path && storage.kind(*path) == kind ? std::optional(overlay::read_attributes(*path))
                                               : std::nullopt;
}

bool same_as(partitions::Storage &storage, const Path &mine, const std::optional<Path> &other) {
    return other && etc::same_contents(storage, mine, *other);
}

// Only owner, mode and extended attributes may differ.
VarDecision decide_same_contents(partitions::Storage &storage, const OwnerTranslation &owners,
                                 const VarVersions &versions, bool unchanged) {
    const partitions::FileKind kind = storage.kind(versions.mine);
    const auto base = attributes_if_same_kind(storage, versions.base, kind);
    const auto theirs = attributes_if_same_kind(storage, versions.theirs, kind);
    const overlay::Attributes mine = overlay::read_attributes(versions.mine);
    VarDecision decision;
    decision.common = true;
    decision.attributes = etc::merge_attributes(owners, mine, base, theirs);
    if (theirs ? decision.attributes == *theirs : mine == *base) {
        decision.reason = !unchanged        ? "the new system has the same"
                          : versions.theirs ? "as the old image brought it; the new image has its own"
                                            : "as the old image brought it; the new image no longer has it";
        return decision;
    }
    if (versions.theirs && !theirs) {
        decision.reason = "as the old image brought it; the new image has its own, of another kind";
        return decision;
    }
    decision.common = false;
    decision.fate = VarFate::carried;
    decision.contents = theirs ? VarContents::theirs : VarContents::mine;
    decision.reason =
        theirs ? "the new image's, with the owner and mode it had here" : "owner or mode changed";
    return decision;
}

} // namespace

VarDecision decide_var_entry(partitions::Storage &storage, const OwnerTranslation &owners,
                             const VarVersions &versions) {
    VarDecision decision;
    decision.reason = odd_kind(storage, versions.mine);
    if (!decision.reason.empty())
        return decision;
    const bool unchanged = same_as(storage, versions.mine, versions.base);
    if (unchanged || same_as(storage, versions.mine, versions.theirs))
        return decide_same_contents(storage, owners, versions, unchanged);

    const partitions::FileKind kind = storage.kind(versions.mine);
    decision.fate = VarFate::carried;
    decision.contents = VarContents::mine;
    decision.attributes = etc::merge_attributes(owners, overlay::read_attributes(versions.mine),
                                                attributes_if_same_kind(storage, versions.base, kind),
                                                attributes_if_same_kind(storage, versions.theirs, kind));
    decision.reason = versions.base ? "changed since the old image" : "the appliance's own";
    if (!versions.theirs)
        return decision;
    if (storage.kind(*versions.theirs) != partitions::FileKind::directory) {
        decision.reason += "; replaces the new image's";
    } else if (kind == partitions::FileKind::symlink &&
               holds_nothing_but_folders(storage, *versions.theirs)) {
        decision.reason += "; replaces an empty folder of the new image";
    } else {
        decision.contents = VarContents::mine_beside;
        decision.reason += "; the new image has a folder here";
    }
    return decision;
}

} // namespace hooks::var
