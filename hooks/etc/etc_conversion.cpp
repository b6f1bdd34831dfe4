// The walk through the old upper directory; what becomes of an entry is decided in entry_decision.cpp.
#include "hooks/etc/etc_conversion.hpp"

#include "hooks/etc/account_decision.hpp"
#include "hooks/etc/etc_afterwards.hpp"
#include "hooks/etc/etc_work.hpp"
#include "hooks/etc/generated_files.hpp"
#include "hooks/etc/numbers_elsewhere.hpp"
#include "hooks/etc/replaced_folders.hpp"
#include "hooks/etc/unit_links.hpp"
#include "hooks/living_tree.hpp"

namespace hooks::etc {

using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

class EtcConversion {
  public:
    EtcConversion(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log,
                  Programs &programs)
        : work_(storage, request, log), programs_(programs) {}

    void run() {
        refuse_files_that_keep_numbers(work_.storage, work_.request, work_.accounts.merge.renumbered);
        // One check is enough, and in the rehearsal no mail is waiting.
        if (work_.request.rehearsal)
            warn_of_numbers_without_a_name(work_.storage, work_.request, work_.log, work_.accounts);
        convert_children("", work_.old_etc, work_.new_etc);
        work_.log.progress(90, "units, identities, report");
        convert_what_follows(work_);
        generate_files(work_, programs_);
        work_.writer.put_text("update-control/carried-over.txt", work_.carried.text(), {.permissions = 0644});
        work_.writer.finish();
        work_.log.note(work_.carried.summary());
    }

  private:
    void convert_children(const Path &directory, const OptionalPath &base, const OptionalPath &theirs) {
        const std::vector<Path> entries = list_if_there(work_.storage, work_.source / directory);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const Path name = entries[i].filename();
            const Path relative = directory / name;
            if (directory.empty())
                work_.log.progress(static_cast<int>(i * 90 / entries.size()), shown_path(relative));
            const Versions versions{entries[i], work_.child(base, name), work_.child(theirs, name)};
            const bool was_there = unless_gone(work_.storage, entries[i], [&] {
                if (work_.storage.kind(entries[i]) == partitions::FileKind::directory)
                    convert_directory(relative, versions);
                else
                    convert_entry(relative, versions);
            });
            if (!was_there) {
                work_.writer.undo_put(relative);
                work_.report(Fate::left_behind, relative, "deleted while /etc was being converted");
            }
        }
    }

    void convert_directory(const Path &relative, const Versions &versions) {
        overlay::refuse_unsupported_marks(versions.mine);
        if (const Place place = place_of(relative); place.treatment == Treatment::leave_behind) {
            work_.report(Fate::left_behind, relative, std::string(place.why));
            return;
        }
        const OptionalPath base = work_.if_directory(versions.base);
        const OptionalPath theirs = work_.if_directory(versions.theirs);
        if (base && overlay::is_opaque(versions.mine) && is_unit_link_directory(relative)) {
            hide_removed_links(work_, relative, *base, theirs);
        } else if (is_replaced_folder(work_, versions)) {
            put_replaced_folder(work_, relative, versions);
            convert_children(relative, std::nullopt, std::nullopt);
            return;
        } else if (base && versions.theirs && !theirs) {
            convert_folder_over_other_kind(work_, relative, versions);
            return;
        }
        convert_children(relative, base, theirs);
        finish_directory(relative, versions, base, theirs);
    }

    // Reports on the directory itself, after its entries are converted.
    void finish_directory(const Path &relative, const Versions &versions, const OptionalPath &base,
                          const OptionalPath &theirs) {
        if (!base && !versions.theirs) { // the administrator's own; also if it is empty
            work_.writer.put_directory(relative);
            if (work_.storage.list(versions.mine).empty())
                work_.report(Fate::carried, relative, "the administrator's own");
            return;
        }
        if (versions.theirs && !theirs) { // no directory in the new system
            if (!base)
                work_.writer.put_directory(relative);
            if (work_.writer.has(relative)) {
                work_.report(Fate::conflict, relative,
                             "of another kind in the new system; the administrator's version stays" +
                                 work_.lay_beside(relative, *versions.theirs));
            }
            return;
        }
        if (!base)
            return;
        const overlay::Attributes mine = overlay::read_attributes(versions.mine);
        if (mine == overlay::read_attributes(*base))
            return;
        if (theirs && work_.directory_model(relative).attributes != overlay::read_attributes(*theirs)) {
            work_.writer.put_directory(relative);
            work_.report(Fate::carried, relative, "owner or mode changed by the administrator");
        } else if (!theirs && !work_.writer.has(relative)) {
            work_.report(Fate::left_behind, relative,
                         "owner or mode changed, but the new system has no such directory");
        }
    }

    void convert_entry(const Path &relative, const Versions &versions) {
        const partitions::FileKind kind = work_.storage.kind(versions.mine);
        const bool removed =
            kind == partitions::FileKind::other && overlay::is_whiteout(work_.storage, versions.mine);
        if (removed && is_unit_link_directory(relative) && work_.if_directory(versions.base)) {
            hide_removed_links(work_, relative, *versions.base, work_.if_directory(versions.theirs));
            return;
        }
        if (kind == partitions::FileKind::file)
            overlay::refuse_unsupported_marks(versions.mine);

        Decision decision =
            decide_account_file(work_.storage, work_.accounts, relative, versions)
                .value_or(decide_entry(work_.storage, relative, versions, place_of(relative)));
        if (decision.fate == Fate::conflict && decision.contents == Contents::mine &&
            follows_its_source(work_, relative)) {
            decision.fate = Fate::carried;
            decision.reason = "compiled from the file beside it";
            decision.lay_theirs_beside = false;
        }
        put(relative, versions, decision);
        if (decision.lay_theirs_beside)
            decision.reason += work_.lay_beside(relative, *versions.theirs);
        work_.report(decision.fate, relative, decision.reason);
    }

    // What is merged although the contents are the new system's is known here only.
    void put(const Path &relative, const Versions &versions, Decision &decision) {
        switch (decision.contents) {
        case Contents::nothing:
            break;
        case Contents::whiteout:
            work_.writer.put_whiteout(relative);
            break;
        case Contents::mine:
            work_.writer.put_copy(relative, versions.mine, work_.merged_attributes(versions));
            work_.notice_other_owners(relative, versions.mine);
            break;
        case Contents::text:
            work_.writer.put_text(relative, decision.text, work_.merged_attributes(versions));
            work_.notice_other_owners(relative, versions.mine);
            break;
        case Contents::theirs:
            if (const overlay::Attributes attributes = work_.merged_attributes(versions);
                attributes != overlay::read_attributes(*versions.theirs)) {
                work_.writer.put_copy(relative, *versions.theirs, attributes);
                decision.fate = Fate::merged;
                decision.reason =
                    "the new system's version, with the owner and mode the administrator gave it";
            }
            break;
        }
    }

    EtcWork work_;
    Programs &programs_;
};

} // namespace

void convert_etc(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log,
                 Programs &programs) {
    EtcConversion(storage, request, log, programs).run();
}

void convert_etc(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log) {
    SpawnedPrograms programs;
    convert_etc(storage, request, log, programs);
}

} // namespace hooks::etc
