// The walk through the old /var; what becomes of an entry is decided in var_decision.cpp.
#include "hooks/var/var_conversion.hpp"

#include "hooks/configuration_copy.hpp"
#include "hooks/etc/carry_report.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "hooks/living_tree.hpp"
#include "hooks/var/open_folders.hpp"
#include "hooks/var/other_carriers.hpp"
#include "hooks/var/var_decision.hpp"
#include "hooks/var/var_log.hpp"
#include "hooks/var/var_rules.hpp"
#include "hooks/var/var_writer.hpp"

namespace hooks::var {

using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

class VarConversion {
  public:
    VarConversion(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log)
        : storage_(storage), request_(request), told_(log),
          rules_(VarRules::with_those_of(storage, request.new_root)),
          other_carriers_(other_carriers(storage, request)),
          owners_(etc::owners_after_etc(storage, request.source, request.old_root / "etc",
                                        request.new_root / "etc")),
          writer_(storage, request.new_var),
          folders_(writer_, owners_, [this](const OpenFolder &folder) { report_made(folder); }) {}

    void run() {
        told_.begin_step(0, "copy the configuration");
        copy_configuration(storage_, request_.source, request_.target);
        OpenFolder var;
        var.mine = request_.old_var;
        var.base = if_folder(request_.old_root / "var");
        var.theirs = if_folder(request_.new_root / "var");
        walk(var);
        told_.begin_step(95, "write everything to the disk");
        told_.warn_of_owners();
        write_var_report(storage_, request_, told_.report);
        // In a rehearsal the flags would block removing the result.
        if (!request_.rehearsal)
            writer_.protect_all();
        storage_.sync_filesystem(request_.target);
        storage_.sync_filesystem(request_.new_var);
        told_.summarize();
    }

  private:
    OptionalPath if_folder(const OptionalPath &path) const {
        return path && storage_.kind(*path) == partitions::FileKind::directory ? path : std::nullopt;
    }

    OptionalPath child(const OptionalPath &folder, const Path &name) const {
        return folder && storage_.kind(*folder / name) != partitions::FileKind::none
                   ? OptionalPath(*folder / name)
                   : std::nullopt;
    }

    void walk(OpenFolder &folder) {
        const OpenFolders::Opened opened(folders_, folder);
        // A folder that only the appliance has is carried even if it is empty.
        if (!folder.base && !folder.stays_behind())
            folders_.make_all();
        const std::vector<Path> entries = storage_.list(folder.mine);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (folder.relative.empty())
                told_.begin_entry(entries[i].filename(), i, entries.size());
            visit_unless_deleted(folder, entries[i]);
        }
        if (folder.base && folder.theirs && !folder.stays_behind())
            carry_changed_attributes(folder);
        if (folder.is_made)
            writer_.finish_folder(folder.destination, folder.mine);
    }

    // Services that the updater does not know are still running.
    void visit_unless_deleted(OpenFolder &folder, const Path &mine) {
        if (!unless_gone(storage_, mine, [&] { visit(folder, mine); }))
            told_.report.count(VarFate::left_behind, folder.relative, "deleted while /var was being carried");
    }

    void visit(OpenFolder &parent, const Path &mine) {
        const Path name = mine.filename();
        const Path relative = parent.relative / name;
        if (const auto other = other_carriers_.find(relative); other != other_carriers_.end()) {
            told_.report.add(other->second.reaches_new_system ? VarFate::other_way : VarFate::left_behind,
                             relative, other->second.how);
            if (!other->second.reaches_new_system)
                told_.warn(relative, other->second.how);
            return;
        }
        const VarVersions versions{mine, child(parent.base, name), child(parent.theirs, name)};
        const VarRule *rule = rules_.rule_at(relative, parent.rule);
        if (storage_.kind(mine) == partitions::FileKind::directory)
            visit_folder(parent, relative, versions, rule);
        else if (rule != nullptr && !rule->carry)
            told_.report.count(VarFate::left_behind, rule->place, rule->reason);
        else
            visit_entry(parent, relative, versions);
    }

    void visit_folder(const OpenFolder &parent, const Path &relative, const VarVersions &versions,
                      const VarRule *rule) {
        OpenFolder folder;
        folder.relative = relative;
        folder.destination = parent.destination / relative.filename();
        folder.mine = versions.mine;
        folder.base = if_folder(versions.base);
        folder.theirs = if_folder(versions.theirs);
        folder.rule = rule;
        if (!parent.stays_behind())
            folder.as_one = parent.as_one;
        if (versions.theirs && !folder.theirs) {
            folder.destination = name_beside(parent, relative.filename());
            folder.as_one = {relative,
                             "the new image has something of another kind here, so this folder is " +
                                 etc::shown_path(folder.destination, "/var/") + " now"};
        } else if (!folder.base && !folder.theirs && !folder.as_one && !folder.stays_behind()) {
            folder.as_one = {relative, "the appliance's own"};
        }
        walk(folder);
    }

    void visit_entry(const OpenFolder &parent, const Path &relative, const VarVersions &versions) {
        VarDecision decision = decide_var_entry(storage_, owners_, versions);
        Path destination = parent.destination / relative.filename();
        switch (decision.contents) {
        case VarContents::none:
            if (decision.common)
                told_.report.count(decision.fate, parent.relative, decision.reason);
            else
                told_.report.add(decision.fate, relative, decision.reason);
            return;
        case VarContents::mine_beside:
            destination = name_beside(parent, relative.filename());
            decision.reason += ", so it is " + etc::shown_path(destination, "/var/") + " now";
            told_.warn(relative, decision.reason);
            [[fallthrough]];
        case VarContents::mine:
            folders_.make_all();
            writer_.put_linked(destination, versions.mine, decision.attributes);
            break;
        case VarContents::theirs:
            folders_.make_all();
            writer_.put(destination, *versions.theirs, decision.attributes);
            break;
        }
        told_.count_put();
        told_.notice_owners(owners_, versions.mine);
        if (parent.as_one)
            told_.report.count(decision.fate, parent.as_one->place, parent.as_one->reason);
        else
            told_.report.add(decision.fate, relative, decision.reason);
    }

    // Neither the appliance nor the new image has this name.
    Path name_beside(const OpenFolder &parent, const Path &name) const {
        for (int number = 1;; ++number) {
            Path beside = name;
            beside += number == 1 ? ".update-old" : ".update-old-" + std::to_string(number);
            if (!child(parent.mine, beside) && !child(parent.theirs, beside))
                return parent.destination / beside;
        }
    }

    void report_made(const OpenFolder &folder) {
        if (!folder.as_one || folder.as_one->place != folder.relative)
            return;
        told_.report.add(VarFate::carried, folder.relative, folder.as_one->reason);
        if (folder.destination.filename() != folder.relative.filename())
            told_.warn(folder.relative, folder.as_one->reason);
    }

    void carry_changed_attributes(const OpenFolder &folder) {
        if (overlay::read_attributes(folder.mine) == overlay::read_attributes(*folder.base) ||
            attributes_of(folder, owners_) == overlay::read_attributes(*folder.theirs))
            return;
        folders_.make_all();
        told_.report.add(VarFate::carried, folder.relative, "owner or mode of the folder changed");
    }

    partitions::Storage &storage_;
    const ConversionRequest &request_;
    VarLog told_;
    VarRules rules_;
    std::map<Path, OtherCarrier> other_carriers_;
    OwnerTranslation owners_;
    VarWriter writer_;
    OpenFolders folders_;
};

} // namespace

void convert_var(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log) {
    VarConversion(storage, request, log).run();
}

} // namespace hooks::var
