// Helpers for the steps; see the header.
#include "hooks/etc/etc_work.hpp"

#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/special_places.hpp"

namespace hooks::etc {

EtcWork::EtcWork(partitions::Storage &storage_of_all, const ConversionRequest &asked, ConversionLog &lines)
    : storage(storage_of_all), request(asked), log(lines), source(asked.source),
      old_etc(asked.old_root / "etc"), new_etc(asked.new_root / "etc"), target(asked.target),
      accounts(effective_accounts(storage, source, old_etc, new_etc)), owners(accounts.owners()),
      writer(storage, target, [this](const Path &relative) { return directory_model(relative); }) {}

EtcWork::OptionalPath EtcWork::child(const OptionalPath &directory, const Path &name) const {
    if (!directory || storage.kind(*directory / name) == partitions::FileKind::none)
        return std::nullopt;
    return *directory / name;
}

EtcWork::OptionalPath EtcWork::if_directory(const OptionalPath &path) const {
    return path && storage.kind(*path) == partitions::FileKind::directory ? path : std::nullopt;
}

EtcWork::OptionalPath EtcWork::if_file(const OptionalPath &path) const {
    return path && storage.kind(*path) == partitions::FileKind::file ? path : std::nullopt;
}

std::optional<overlay::Attributes> EtcWork::attributes_of(const OptionalPath &path) const {
    return path ? std::optional(overlay::read_attributes(*path)) : std::nullopt;
}

void EtcWork::report(Fate fate, const Path &relative, const std::string &reason) {
    carried.add(fate, relative, reason);
    if (fate == Fate::conflict)
        log.note("conflict " + shown_path(relative) + ": " + reason);
}

void EtcWork::notice_other_owners(const Path &relative, const Path &mine) {
    for (const std::string &text : numbers_taken_by_others(owners, overlay::read_attributes(mine)))
        log.note("warning: " + shown_path(relative) + ": " + text +
                 " in the new system; the file has an unassigned number there");
}

overlay::Attributes EtcWork::merged_attributes(const Versions &versions) const {
    const partitions::FileKind kind = storage.kind(versions.mine);
    const auto if_same_kind = [&](const OptionalPath &path) {
        return path && storage.kind(*path) == kind ? attributes_of(path) : std::nullopt;
    };
    return merge_attributes(owners, overlay::read_attributes(versions.mine), if_same_kind(versions.base),
                            if_same_kind(versions.theirs));
}

overlay::Attributes EtcWork::translated_attributes(const Path &old) const {
    return merge_attributes(owners, overlay::read_attributes(old), std::nullopt, std::nullopt);
}

UpperWriter::DirectoryModel EtcWork::directory_model(const Path &relative) const {
    const OptionalPath mine = if_directory(overlay::find_entry(storage, source, relative));
    const OptionalPath base = if_directory(overlay::find_entry(storage, old_etc, relative));
    const OptionalPath theirs = if_directory(overlay::find_entry(storage, new_etc, relative));
    if (mine)
        return {*mine, merge_attributes(owners, overlay::read_attributes(*mine), attributes_of(base),
                                        attributes_of(theirs))};
    if (theirs)
        return {*theirs, overlay::read_attributes(*theirs)};
    if (base)
        return {*base, translated_attributes(*base)};
    return {source, overlay::Attributes{.permissions = 0755, .owner = 0, .group = 0, .extended = {}}};
}

std::string EtcWork::lay_beside(const Path &relative, const Path &theirs) {
    Path beside = relative;
    beside += ".update-new";
    if (reads_every_file(relative.parent_path()))
        beside = Path("update-control/update-new") / relative;
    writer.put_copy(beside, theirs, overlay::read_attributes(theirs));
    return "; the new system's is " + shown_path(beside);
}

} // namespace hooks::etc
