// The walk through the old upper directory; what becomes of an entry is decided in entry_decision.cpp.
#include "hooks/etc/etc_conversion.hpp"

#include "hooks/etc/account_decision.hpp"
#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "hooks/etc/entry_decision.hpp"
#include "hooks/etc/numbers_elsewhere.hpp"
#include "hooks/etc/overridden_settings.hpp"
#include "hooks/etc/unit_links.hpp"
#include "hooks/etc/upper_writer.hpp"
#include "hooks/overlay/overlay_view.hpp"

namespace hooks {

using partitions::FileKind;
using partitions::Storage;
using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

class EtcConversion {
  public:
    EtcConversion(Storage &storage, const ConversionRequest &request, ConversionLog &log)
        : storage_(storage), request_(request), log_(log), source_(request.source),
          old_etc_(request.old_root / "etc"), new_etc_(request.new_root / "etc"), target_(request.target),
          accounts_(effective_accounts(storage, source_, old_etc_, new_etc_)), owners_(accounts_.owners()),
          writer_(storage, target_, [this](const Path &relative) { return directory_model(relative); }) {}

    void run() {
        refuse_files_that_keep_numbers(storage_, request_, accounts_.merge.renumbered);
        convert_children("", old_etc_, new_etc_);
        log_.progress(90, "units, identities, report");
        hide_disabled_units();
        keep_host_keys();
        keep_sysctl_link();
        report_overridden_settings();
        leave_accounts_before();
        writer_.put_text("update-control/carried-over.txt", report_.text(), {.permissions = 0644});
        writer_.finish();
        log_.note(report_.summary());
    }

  private:
    OptionalPath child(const OptionalPath &directory, const Path &name) const {
        if (!directory || storage_.kind(*directory / name) == FileKind::none)
            return std::nullopt;
        return *directory / name;
    }

    OptionalPath if_directory(const OptionalPath &path) const {
        return path && storage_.kind(*path) == FileKind::directory ? path : std::nullopt;
    }

    std::optional<Attributes> attributes_of(const OptionalPath &path) const {
        return path ? std::optional(read_attributes(*path)) : std::nullopt;
    }

    UpperWriter::DirectoryModel directory_model(const Path &relative) const {
        const OptionalPath mine = if_directory(find_entry(storage_, source_, relative));
        const OptionalPath base = if_directory(find_entry(storage_, old_etc_, relative));
        const OptionalPath theirs = if_directory(find_entry(storage_, new_etc_, relative));
        if (mine)
            return {*mine, merge_attributes(owners_, read_attributes(*mine), attributes_of(base),
                                            attributes_of(theirs))};
        if (theirs)
            return {*theirs, read_attributes(*theirs)};
        if (base)
            return {*base, merge_attributes(owners_, read_attributes(*base), std::nullopt, std::nullopt)};
        return {source_, Attributes{.permissions = 0755, .owner = 0, .group = 0, .extended = {}}};
    }

    void report(Fate fate, const Path &relative, const std::string &reason) {
        report_.add(fate, relative, reason);
        if (fate == Fate::conflict)
            log_.note("conflict " + shown_path(relative) + ": " + reason);
    }

    void convert_children(const Path &directory, const OptionalPath &base, const OptionalPath &theirs) {
        const std::vector<Path> entries = storage_.list(source_ / directory);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const Path name = entries[i].filename();
            const Path relative = directory / name;
            if (directory.empty())
                log_.progress(static_cast<int>(i * 90 / entries.size()), shown_path(relative));
            const Versions versions{entries[i], child(base, name), child(theirs, name)};
            if (storage_.kind(entries[i]) == FileKind::directory)
                convert_directory(relative, versions);
            else
                convert_entry(relative, versions);
        }
    }

    void convert_directory(const Path &relative, const Versions &versions) {
        refuse_unsupported_marks(versions.mine);
        if (const Place place = place_of(relative); place.treatment == Treatment::leave_behind) {
            report(Fate::left_behind, relative, std::string(place.why));
            return;
        }
        const OptionalPath base = if_directory(versions.base);
        const OptionalPath theirs = if_directory(versions.theirs);
        // overlayfs marks every directory it makes as opaque; that means something only if there was one
        // below.
        const bool replaced = base && is_opaque(versions.mine);
        if (replaced && is_unit_link_directory(relative))
            hide_removed_links(relative, *base, theirs);
        else if (replaced) {
            convert_replaced_directory(relative, theirs);
            return;
        }
        convert_children(relative, base, theirs);
        finish_directory(relative, versions, base, theirs);
    }

    // The administrator removed the old image's directory and made another one in its place.
    void convert_replaced_directory(const Path &relative, const OptionalPath &theirs) {
        if (theirs)
            writer_.put_opaque_directory(relative);
        else
            writer_.put_directory(relative);
        report(Fate::carried, relative,
               theirs ? "replaced as a whole by the administrator; what the new system has in it stays hidden"
                      : "replaced as a whole by the administrator");
        convert_children(relative, std::nullopt, std::nullopt);
    }

    // What there is to say about the directory itself, once its entries are converted.
    void finish_directory(const Path &relative, const Versions &versions, const OptionalPath &base,
                          const OptionalPath &theirs) {
        if (!base && !versions.theirs) { // the administrator's own; also if it is empty
            writer_.put_directory(relative);
            if (storage_.list(versions.mine).empty())
                report(Fate::carried, relative, "the administrator's own");
            return;
        }
        if (versions.theirs && !theirs) { // no directory in the new system
            if (!base)
                writer_.put_directory(relative);
            if (writer_.has(relative)) {
                report(Fate::conflict, relative,
                       "of another kind in the new system; the administrator's version stays" +
                           lay_beside(relative, *versions.theirs));
            }
            return;
        }
        if (!base)
            return;
        const Attributes mine = read_attributes(versions.mine);
        if (mine == read_attributes(*base))
            return;
        if (theirs && directory_model(relative).attributes != read_attributes(*theirs)) {
            writer_.put_directory(relative);
            report(Fate::carried, relative, "owner or mode changed by the administrator");
        } else if (!theirs && !writer_.has(relative)) {
            report(Fate::left_behind, relative,
                   "owner or mode changed, but the new system has no such directory");
        }
    }

    void convert_entry(const Path &relative, const Versions &versions) {
        const FileKind kind = storage_.kind(versions.mine);
        const bool removed = kind == FileKind::other && is_whiteout(storage_, versions.mine);
        if (removed && is_unit_link_directory(relative) && if_directory(versions.base)) {
            hide_removed_links(relative, *versions.base, if_directory(versions.theirs));
            return;
        }
        if (kind == FileKind::file)
            refuse_unsupported_marks(versions.mine);

        Decision decision = decide_account_file(storage_, accounts_, relative, versions)
                                .value_or(decide_entry(storage_, relative, versions, place_of(relative)));
        switch (decision.contents) {
        case Contents::nothing:
            break;
        case Contents::whiteout:
            writer_.put_whiteout(relative);
            break;
        case Contents::mine:
            writer_.put_copy(relative, versions.mine, merged_attributes(versions));
            notice_other_owners(relative, versions.mine);
            break;
        case Contents::text:
            writer_.put_text(relative, decision.text, merged_attributes(versions));
            notice_other_owners(relative, versions.mine);
            break;
        case Contents::theirs:
            if (const Attributes attributes = merged_attributes(versions);
                attributes != read_attributes(*versions.theirs)) {
                writer_.put_copy(relative, *versions.theirs, attributes);
                decision.fate = Fate::merged;
                decision.reason =
                    "the new system's version, with the owner and mode the administrator gave it";
            }
            break;
        }
        if (decision.lay_theirs_beside)
            decision.reason += lay_beside(relative, *versions.theirs);
        report(decision.fate, relative, decision.reason);
    }

    void notice_other_owners(const Path &relative, const Path &mine) {
        for (const std::string &text : numbers_taken_by_others(owners_, read_attributes(mine)))
            log_.note("warning: " + shown_path(relative) + ": " + text +
                      " in the new system; the file has a number there that is nobody's");
    }

    // Versions of another kind have nothing to say: a link has no mode.
    Attributes merged_attributes(const Versions &versions) const {
        const FileKind kind = storage_.kind(versions.mine);
        const auto if_same_kind = [&](const OptionalPath &path) {
            return path && storage_.kind(*path) == kind ? attributes_of(path) : std::nullopt;
        };
        return merge_attributes(owners_, read_attributes(versions.mine), if_same_kind(versions.base),
                                if_same_kind(versions.theirs));
    }

    // Returns the end of the sentence that says where it lies.
    std::string lay_beside(const Path &relative, const Path &theirs) {
        Path beside = relative;
        beside += ".update-new";
        if (reads_every_file(relative.parent_path()))
            beside = Path("update-control/update-new") / relative;
        writer_.put_copy(beside, theirs, read_attributes(theirs));
        return "; the new system's is " + shown_path(beside);
    }

    // A folder of links that the administrator emptied, or removed (systemctl removes the folder with its
    // last link), is not meant to hide units that only the new image has: each link that was removed gets its
    // own whiteout.
    void hide_removed_links(const Path &directory, const Path &base, const OptionalPath &theirs) {
        const OptionalPath mine = if_directory(source_ / directory);
        for (const Path &link : storage_.list(base)) {
            const Path relative = directory / link.filename();
            if (child(mine, link.filename()))
                continue; // is converted as an entry of the upper directory
            if (child(theirs, link.filename())) {
                writer_.put_whiteout(relative);
                report(Fate::carried, relative, "disabled by the administrator");
            } else {
                report(Fate::left_behind, relative,
                       "disabled by the administrator, and the new system has no such link");
            }
        }
    }

    // A unit that is disabled stays disabled where the new image enables it under another target.
    void hide_disabled_units() {
        const UnitLinks new_links = find_unit_links(storage_, new_etc_);
        const OverlayView result(storage_, target_, new_etc_);
        for (const std::string &unit : find_disabled_units(storage_, source_, old_etc_)) {
            const auto found = new_links.find(unit);
            if (found == new_links.end())
                continue;
            for (const Path &link : found->second) {
                if (!result.find(link))
                    continue;
                writer_.put_whiteout(link);
                report(Fate::carried, link,
                       "its unit was disabled by the administrator; the new system enables it here");
            }
        }
    }

    // Host keys that came with the old image are known to those who connect: the appliance keeps them.
    void keep_host_keys() {
        const OptionalPath directory = if_directory(child(old_etc_, "ssh"));
        if (!directory)
            return;
        const OverlayView mine(storage_, source_, old_etc_);
        for (const Path &key : storage_.list(*directory)) {
            const Path relative = Path("ssh") / key.filename();
            const OptionalPath theirs = find_entry(storage_, new_etc_, relative);
            const bool in_use = mine.find(relative) == key && storage_.kind(key) == FileKind::file;
            if (place_of(relative).treatment != Treatment::keep_ours || !in_use ||
                (theirs && same_contents(storage_, key, *theirs)))
                continue;
            writer_.put_copy(relative, key,
                             merge_attributes(owners_, read_attributes(key), std::nullopt, std::nullopt));
            report(Fate::carried, relative, "the identity of this appliance, from the old image");
        }
    }

    // Debian 12 reads /etc/sysctl.conf through this link; Debian 13 has neither. A changed file must stay in
    // force.
    void keep_sysctl_link() {
        const Path relative = "sysctl.d/99-sysctl.conf";
        const OptionalPath link = OverlayView(storage_, source_, old_etc_).find(relative);
        if (!writer_.has("sysctl.conf") || is_whiteout(storage_, target_ / "sysctl.conf") || !link ||
            writer_.has(relative) || find_entry(storage_, new_etc_, relative))
            return;
        writer_.put_copy(relative, *link, read_attributes(*link));
        report(Fate::carried, relative, "the new system would not read the changed sysctl.conf without it");
    }

    void report_overridden_settings() {
        const OverlayView before(storage_, source_, old_etc_);
        const OverlayView after(storage_, target_, new_etc_);
        for (const OverriddenSetting &setting :
             find_overridden_settings(storage_, {before, source_, old_etc_.parent_path()},
                                      {after, target_, new_etc_.parent_path()}))
            report(Fate::conflict, setting.file,
                   setting.name + " no longer counts here: the new system sets it in " + setting.by.string() +
                       ", which counts before this file; to have it back, change it there");
    }

    void leave_accounts_before() {
        const Path folder = accounts_before_folder;
        writer_.put_text(folder / "passwd", names_and_numbers(accounts_.old_system.passwd),
                         {.permissions = 0644});
        writer_.put_text(folder / "group", names_and_numbers(accounts_.old_system.group),
                         {.permissions = 0644});
    }

    Storage &storage_;
    const ConversionRequest &request_;
    ConversionLog &log_;
    Path source_;
    Path old_etc_;
    Path new_etc_;
    Path target_;
    EffectiveAccounts accounts_;
    OwnerTranslation owners_;
    UpperWriter writer_;
    CarryReport report_;
};

} // namespace

void convert_etc(Storage &storage, const ConversionRequest &request, ConversionLog &log) {
    EtcConversion(storage, request, log).run();
}

} // namespace hooks
