// Each step by itself; see the header.
#include "hooks/etc/etc_afterwards.hpp"

#include "hooks/etc/dangling_links.hpp"
#include "hooks/etc/overridden_settings.hpp"
#include "hooks/etc/special_places.hpp"
#include "hooks/etc/unit_links.hpp"

namespace hooks::etc {

using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

// A disabled unit stays disabled if the new image enables it under another target.
void hide_disabled_units(EtcWork &work) {
    const UnitLinks new_links = find_unit_links(work.storage, work.new_etc);
    const overlay::OverlayView result = work.new_view();
    for (const std::string &unit : find_disabled_units(work.storage, work.source, work.old_etc)) {
        const auto found = new_links.find(unit);
        if (found == new_links.end())
            continue;
        for (const Path &link : found->second) {
            if (!result.find(link))
                continue;
            work.writer.put_whiteout(link);
            work.report(Fate::carried, link,
                        "its unit was disabled by the administrator; the new system enables it here");
        }
    }
}

// SSH clients know host keys that came with the old image, so the appliance keeps them.
void keep_host_keys(EtcWork &work) {
    const OptionalPath directory = work.if_directory(work.child(work.old_etc, "ssh"));
    if (!directory)
        return;
    const overlay::OverlayView mine = work.old_view();
    for (const Path &key : work.storage.list(*directory)) {
        const Path relative = Path("ssh") / key.filename();
        const OptionalPath theirs = overlay::find_entry(work.storage, work.new_etc, relative);
        const bool in_use =
            mine.find(relative) == key && work.storage.kind(key) == partitions::FileKind::file;
        if (place_of(relative).treatment != Treatment::keep_ours || !in_use ||
            (theirs && same_contents(work.storage, key, *theirs)))
            continue;
        work.writer.put_copy(relative, key, work.translated_attributes(key));
        work.report(Fate::carried, relative, "the identity of this appliance, from the old image");
    }
}

// Debian 12 reads /etc/sysctl.conf through this link; Debian 13 has neither. A changed file must stay
// effective.
void keep_sysctl_link(EtcWork &work) {
    const Path relative = "sysctl.d/99-sysctl.conf";
    const OptionalPath link = work.old_view().find(relative);
    if (!work.writer.has("sysctl.conf") || overlay::is_whiteout(work.storage, work.target / "sysctl.conf") ||
        !link || work.writer.has(relative) || overlay::find_entry(work.storage, work.new_etc, relative))
        return;
    work.writer.put_copy(relative, *link, work.translated_attributes(*link));
    work.report(Fate::carried, relative, "the new system would not read the changed sysctl.conf without it");
}

void report_overridden_settings(EtcWork &work) {
    const overlay::OverlayView before = work.old_view();
    const overlay::OverlayView after = work.new_view();
    for (const OverriddenSetting &setting :
         find_overridden_settings(work.storage, {before, work.source, work.old_etc.parent_path()},
                                  {after, work.target, work.new_etc.parent_path()}))
        work.report(Fate::conflict, setting.file,
                    setting.name + " no longer counts here: the new system sets it in " +
                        setting.by.string() +
                        ", which counts before this file; to have it back, change it there");
}

void report_dangling_links(EtcWork &work) {
    for (const DanglingLink &dangling : find_dangling_links(work))
        work.report(Fate::conflict, dangling.link,
                    "carried, but what it leads to, " + dangling.target.string() +
                        ", is not in the new system");
}

void leave_accounts_before(EtcWork &work) {
    const Path folder = accounts_before_folder;
    work.writer.put_text(folder / "passwd", names_and_numbers(work.accounts.old_system.passwd),
                         {.permissions = 0644});
    work.writer.put_text(folder / "group", names_and_numbers(work.accounts.old_system.group),
                         {.permissions = 0644});
}

} // namespace

void hide_removed_links(EtcWork &work, const Path &directory, const Path &base, const OptionalPath &theirs) {
    const OptionalPath mine = work.if_directory(work.source / directory);
    for (const Path &link : work.storage.list(base)) {
        const Path relative = directory / link.filename();
        if (work.child(mine, link.filename()))
            continue; // converted as an entry of the upper directory
        if (work.child(theirs, link.filename())) {
            work.writer.put_whiteout(relative);
            work.report(Fate::carried, relative, "disabled by the administrator");
        } else {
            work.report(Fate::left_behind, relative,
                        "disabled by the administrator, and the new system has no such link");
        }
    }
}

void convert_what_follows(EtcWork &work) {
    hide_disabled_units(work);
    keep_host_keys(work);
    keep_sysctl_link(work);
    report_overridden_settings(work);
    report_dangling_links(work);
    leave_accounts_before(work);
}

} // namespace hooks::etc
