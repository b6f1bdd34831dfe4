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
#include <string>
#include <utility>

namespace hooks::etc {

using Path = std::filesystem::path;

namespace {

struct FilesOfNumber {
    std::uint64_t count = 0;
    Path example;
};

// Searches files that are owned by given numbers, or have them in their access lists.
class NumberSearch {
  public:
    explicit NumberSearch(partitions::Storage &storage) : storage_(storage) {}

    // Returns the counter that files_of() will fill.
    std::size_t add(bool is_user, id_t number) {
        (is_user ? users_ : groups_).emplace(number, found_.size());
        found_.emplace_back();
        return found_.size() - 1;
    }
    const FilesOfNumber &files_of(std::size_t place) const { return found_.at(place); }

    void look_at_all_that_keeps_numbers(const ConversionRequest &request) {
        const Path data = request.old_root / "data";
        // Files carried from the generations get the new numbers; the rest is deleted.
        look_into(data, "/data", {data / "generations"});
        for (const auto &[place, carrier] : var::other_carriers(storage_, request))
            if (carrier.reaches_new_system)
                look_into(request.old_var / place, Path("/var") / place, {});
    }

  private:
    // left_out: not searched. shown: the path of `at` as the administrator sees it.
    void look_into(const Path &at, const Path &shown, const std::set<Path> &left_out) {
        const auto details = details_if_there(storage_, at);
        if (!details || details->kind == partitions::FileKind::none || left_out.contains(at))
            return;
        look_at(at, shown, *details);
        if (details->kind == partitions::FileKind::directory)
            for (const Path &entry : list_if_there(storage_, at))
                look_into(entry, shown / entry.filename(), left_out);
    }

    void look_at(const Path &at, const Path &shown, const partitions::FileDetails &details) {
        // Reads only these attributes, because there can be very many files.
        std::map<std::string, std::string> lists;
        unless_gone(storage_, at, [&] {
            for (const char *name : {"system.posix_acl_access", "system.posix_acl_default"})
                if (auto list = overlay::read_extended_attribute(at, name))
                    lists.emplace(name, std::move(*list));
        });
        NamedInAccessLists named = named_in_access_lists(lists);
        named.users.insert(details.owner);
        named.groups.insert(details.group);
        for (const uid_t user : named.users)
            count(users_, user, shown);
        for (const gid_t group : named.groups)
            count(groups_, group, shown);
    }

    void count(const std::map<id_t, std::size_t> &places, id_t number, const Path &shown) {
        const auto place = places.find(number);
        if (place == places.end())
            return;
        FilesOfNumber &files = found_[place->second];
        if (files.count++ == 0)
            files.example = shown;
    }

    partitions::Storage &storage_;
    std::map<id_t, std::size_t> users_;
    std::map<id_t, std::size_t> groups_;
    std::vector<FilesOfNumber> found_;
};

std::string count_and_example(const FilesOfNumber &files) {
    return std::to_string(files.count) + ", such as " +
           shown_path(files.example.lexically_relative("/"), "/");
}

std::string what_to_do_about(const RenumberedAccount &account, const FilesOfNumber &files) {
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
           ": " + count_and_example(files) + ". Give it a number that is right in both: " + kind + "mod -" +
           (account.is_user ? "u " : "g ") + new_number + " " + account.name +
           " && find /data /var /etc /home -" + (account.is_user ? "uid " : "gid ") + old_number + " -exec " +
           (account.is_user ? "chown" : "chgrp") + " -h " + new_number +
           " {} +; and change access lists that name it with setfacl. ";
}

} // namespace

void refuse_files_that_keep_numbers(partitions::Storage &storage, const ConversionRequest &request,
                                    const std::vector<RenumberedAccount> &accounts) {
    if (accounts.empty())
        return;
    NumberSearch search(storage);
    for (const RenumberedAccount &account : accounts)
        search.add(account.is_user, account.old_number);
    search.look_at_all_that_keeps_numbers(request);
    std::string text;
    for (std::size_t i = 0; i < accounts.size(); ++i)
        if (search.files_of(i).count != 0)
            text += what_to_do_about(accounts[i], search.files_of(i));
    if (!text.empty())
        throw ConversionFailed(text + "Nothing was changed; do this, then begin the upgrade again");
}

void warn_of_numbers_without_a_name(partitions::Storage &storage, const ConversionRequest &request,
                                    ConversionLog &log, const EffectiveAccounts &accounts) {
    const OwnerTranslation owners = accounts.owners();
    NumberSearch search(storage);
    std::map<std::size_t, std::string> texts;
    for (const auto &[name, number] : numbers_by_name(accounts.new_system.passwd))
        if (const auto text = owners.other_user(number))
            texts.emplace(search.add(true, number), *text);
    for (const auto &[name, number] : numbers_by_name(accounts.new_system.group))
        if (const auto text = owners.other_group(number))
            texts.emplace(search.add(false, number), *text);
    if (texts.empty())
        return;
    search.look_at_all_that_keeps_numbers(request);
    for (const auto &[place, text] : texts)
        if (const FilesOfNumber &files = search.files_of(place); files.count != 0)
            log.note("warning: " + text +
                     " in the new system, and so are files that both systems use then: " +
                     count_and_example(files) + "; give them an owner");
}

} // namespace hooks::etc
