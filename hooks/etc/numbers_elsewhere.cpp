// The search; see the header.
#include "hooks/etc/numbers_elsewhere.hpp"

#include "hooks/access_list.hpp"
#include "hooks/etc/carry_report.hpp"
#include "hooks/living_tree.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "hooks/var/other_carriers.hpp"

#include <cstdint>
#include <map>
#include <set>

namespace hooks {

using partitions::FileKind;
using Path = std::filesystem::path;

namespace {

class NumberSearch {
  public:
    NumberSearch(partitions::Storage &storage, const std::vector<RenumberedAccount> &accounts)
        : storage_(storage) {
        for (const RenumberedAccount &account : accounts)
            (account.is_user ? users_ : groups_).emplace(account.old_number, &account);
    }

    // left_out: not looked into. shown: how the administrator knows `at`.
    void look_into(const Path &at, const Path &shown, const std::set<Path> &left_out = {}) {
        const auto details = details_if_there(storage_, at);
        if (!details || left_out.contains(at))
            return;
        look_at(at, shown, *details);
        if (details->kind == FileKind::directory)
            for (const Path &entry : list_if_there(storage_, at))
                look_into(entry, shown / entry.filename(), left_out);
    }

    void refuse_what_was_found() const {
        if (found_.empty())
            return;
        std::string text;
        for (const auto &[account, files] : found_)
            text += sentence(*account, files);
        throw ConversionFailed(text + "Nothing was changed; do this, then begin the upgrade again");
    }

  private:
    struct Files {
        std::uint64_t count = 0;
        Path example;
    };

    void look_at(const Path &at, const Path &shown, const partitions::FileDetails &details) {
        note(users_, details.owner, shown);
        note(groups_, details.group, shown);
        unless_gone(storage_, at, [&] {
            const NamedInAccessLists named = named_in_access_lists(read_attributes(at).extended);
            for (const uid_t user : named.users)
                note(users_, user, shown);
            for (const gid_t group : named.groups)
                note(groups_, group, shown);
        });
    }

    void note(const std::map<id_t, const RenumberedAccount *> &accounts, id_t number, const Path &shown) {
        const auto account = accounts.find(number);
        if (account == accounts.end())
            return;
        Files &files = found_[account->second];
        if (files.count++ == 0)
            files.example = shown;
    }

    static std::string sentence(const RenumberedAccount &account, const Files &files) {
        const std::string old_number = std::to_string(account.old_number);
        const std::string new_number = std::to_string(account.new_number);
        const std::string kind = account.is_user ? "user" : "group";
        const std::string why =
            account.taken_by.empty()
                ? ", and " + new_number +
                      " in the new system; files that both systems use would no longer be its own"
                : ", which is " + account.taken_by +
                      "'s in the new system; files that both systems use would be " + account.taken_by +
                      "'s then";
        return "the " + kind + " " + account.name + " of this appliance has the number " + old_number + why +
               ": " + std::to_string(files.count) + ", such as " +
               shown_path(files.example.lexically_relative("/"), "/") +
               ". Give it a number that is right in both: " + kind + "mod -" +
               (account.is_user ? "u " : "g ") + new_number + " " + account.name +
               " && find /data /var /etc /home -" + (account.is_user ? "uid " : "gid ") + old_number +
               " -exec " + (account.is_user ? "chown" : "chgrp") + " -h " + new_number +
               " {} +; and change access lists that name it with setfacl. ";
    }

    partitions::Storage &storage_;
    std::map<id_t, const RenumberedAccount *> users_;
    std::map<id_t, const RenumberedAccount *> groups_;
    std::map<const RenumberedAccount *, Files> found_;
};

} // namespace

void refuse_files_that_keep_numbers(partitions::Storage &storage, const ConversionRequest &request,
                                    const std::vector<RenumberedAccount> &accounts) {
    if (accounts.empty())
        return;
    NumberSearch search(storage, accounts);
    const Path data = request.old_root / "data";
    // What of the generations is carried gets the new numbers; all else of them goes.
    search.look_into(data, "/data", {data / "generations"});
    for (const auto &[place, carrier] : other_carriers(storage, request))
        if (carrier.reaches_new_system)
            search.look_into(request.old_var / place, Path("/var") / place);
    search.refuse_what_was_found();
}

} // namespace hooks
