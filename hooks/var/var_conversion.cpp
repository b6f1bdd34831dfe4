// The walk through the old /var; what becomes of an entry is decided in var_decision.cpp.
#include "hooks/var/var_conversion.hpp"

#include "hooks/configuration_copy.hpp"
#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/carry_report.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "hooks/living_tree.hpp"
#include "hooks/var/open_folders.hpp"
#include "hooks/var/other_carriers.hpp"
#include "hooks/var/var_decision.hpp"
#include "hooks/var/var_rules.hpp"
#include "hooks/var/var_writer.hpp"
#include "partitions/durable.hpp"

namespace hooks::var {

using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

constexpr const char *var_report_folder = "update-control";
constexpr std::uint64_t files_between_progress_lines = 1000;

class VarConversion {
  public:
    VarConversion(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log)
        : storage_(storage), request_(request), log_(log),
          rules_(VarRules::with_those_of(storage, request.new_root)),
          other_carriers_(other_carriers(storage, request)),
          owners_(etc::owners_after_etc(storage, request.source, request.old_root / "etc",
                                        request.new_root / "etc")),
          writer_(storage, request.new_var),
          folders_(writer_, owners_, [this](const OpenFolder &folder) { report_made(folder); }) {}

    void run() {
        log_.progress(0, "copy the configuration");
        copy_configuration(storage_, request_.source, request_.target);
        OpenFolder var;
        var.mine = request_.old_var;
        var.base = if_folder(request_.old_root / "var");
        var.theirs = if_folder(request_.new_root / "var");
        walk(var);
        log_.progress(95, "write everything to the disk");
        for (const auto &[text, files] : files_of_other_owners_)
            log_.note("warning: " + text +
                      " in the new system; what it had in /var, or could read by an access list, has an "
                      "unassigned number there (1879048192 and more); give it an owner, files: " +
                      std::to_string(files));
        write_report();
        // In a rehearsal the flags would block removing the result.
        if (!request_.rehearsal)
            writer_.protect_all();
        storage_.sync_filesystem(request_.target);
        storage_.sync_filesystem(request_.new_var);
        log_.note("/var: carried " + std::to_string(report_.files(VarFate::carried)) + ", left behind " +
                  std::to_string(report_.files(VarFate::left_behind)) +
                  "; which, and why, is listed in /etc/update-control/carried-var.txt");
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

    void warn(const Path &relative, const std::string &text) {
        log_.note("warning: " + etc::shown_path(relative, "/var/") + ": " + text);
    }

    void walk(OpenFolder &folder) {
        const OpenFolders::Opened opened(folders_, folder);
        // A folder that only the appliance has is carried even if it is empty.
        if (!folder.base && !folder.stays_behind())
            folders_.make_all();
        const std::vector<Path> entries = storage_.list(folder.mine);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (folder.relative.empty()) {
                percent_ = static_cast<int>(5 + i * 90 / entries.size());
                log_.progress(percent_, etc::shown_path(entries[i].filename(), "/var/"));
            }
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
            report_.count(VarFate::left_behind, folder.relative, "deleted while /var was being carried");
    }

    void visit(OpenFolder &parent, const Path &mine) {
        const Path name = mine.filename();
        const Path relative = parent.relative / name;
        if (const auto other = other_carriers_.find(relative); other != other_carriers_.end()) {
            report_.add(other->second.reaches_new_system ? VarFate::other_way : VarFate::left_behind,
                        relative, other->second.how);
            if (!other->second.reaches_new_system)
                warn(relative, other->second.how);
            return;
        }
        const VarVersions versions{mine, child(parent.base, name), child(parent.theirs, name)};
        const VarRule *rule = rules_.rule_at(relative, parent.rule);
        if (storage_.kind(mine) == partitions::FileKind::directory)
            visit_folder(parent, relative, versions, rule);
        else if (rule != nullptr && !rule->carry)
            report_.count(VarFate::left_behind, rule->place, rule->reason);
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
                report_.count(decision.fate, parent.relative, decision.reason);
            else
                report_.add(decision.fate, relative, decision.reason);
            return;
        case VarContents::mine_beside:
            destination = name_beside(parent, relative.filename());
            decision.reason += ", so it is " + etc::shown_path(destination, "/var/") + " now";
            warn(relative, decision.reason);
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
        if (++put_ % files_between_progress_lines == 0)
            log_.progress(percent_, std::to_string(put_) + " files carried");
        notice_other_owner(versions.mine);
        if (parent.as_one)
            report_.count(decision.fate, parent.as_one->place, parent.as_one->reason);
        else
            report_.add(decision.fate, relative, decision.reason);
    }

    void notice_other_owner(const Path &mine) {
        for (const std::string &text : etc::numbers_taken_by_others(owners_, overlay::read_attributes(mine)))
            ++files_of_other_owners_[text];
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
        report_.add(VarFate::carried, folder.relative, folder.as_one->reason);
        if (folder.destination.filename() != folder.relative.filename())
            warn(folder.relative, folder.as_one->reason);
    }

    void carry_changed_attributes(const OpenFolder &folder) {
        if (overlay::read_attributes(folder.mine) == overlay::read_attributes(*folder.base) ||
            attributes_of(folder, owners_) == overlay::read_attributes(*folder.theirs))
            return;
        folders_.make_all();
        report_.add(VarFate::carried, folder.relative, "owner or mode of the folder changed");
    }

    void write_report() {
        const Path folder = request_.target / var_report_folder;
        if (storage_.kind(folder) != partitions::FileKind::directory) {
            storage_.make_directory(folder, 0755);
            if (const OptionalPath theirs = if_folder(request_.new_root / "etc" / var_report_folder))
                overlay::set_attributes(folder, overlay::read_attributes(*theirs));
        }
        partitions::replace_file(storage_, folder / "carried-var.txt", report_.text());
        overlay::set_attributes(folder / "carried-var.txt", {.permissions = 0600});
    }

    partitions::Storage &storage_;
    const ConversionRequest &request_;
    ConversionLog &log_;
    VarRules rules_;
    std::map<Path, OtherCarrier> other_carriers_;
    OwnerTranslation owners_;
    VarWriter writer_;
    VarReport report_;
    OpenFolders folders_;
    std::map<std::string, std::uint64_t> files_of_other_owners_;
    std::uint64_t put_ = 0;
    int percent_ = 5;
};

} // namespace

void convert_var(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log) {
    VarConversion(storage, request, log).run();
}

} // namespace hooks::var
