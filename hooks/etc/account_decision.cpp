// Decides about all account files together; see the header.
#include "hooks/etc/account_decision.hpp"

#include "hooks/etc/subordinate_ids.hpp"
#include "partitions/durable.hpp"

namespace hooks::etc {

namespace {

constexpr std::size_t max_account_file_bytes = 16UL * 1024 * 1024;

std::string joined_with_semicolons(const std::vector<std::string> &texts) {
    std::string result;
    for (const std::string &text : texts)
        result += (result.empty() ? "" : "; ") + text;
    return result;
}

std::string text_of_file(partitions::Storage &storage, const std::optional<std::filesystem::path> &path) {
    return path && storage.kind(*path) == partitions::FileKind::file
               ? partitions::read_whole_file(storage, *path, max_account_file_bytes)
               : std::string();
}

bool is_as(partitions::Storage &storage, const std::filesystem::path &path,
           const std::optional<std::filesystem::path> &other) {
    return other && same_contents(storage, path, *other);
}

} // namespace

Decision decision_on(AccountMerge merge) {
    Decision decision{Fate::merged, Contents::text, "merged account by account", std::move(merge.text),
                      false};
    if (!merge.remarks.empty())
        decision.reason += "; " + joined_with_semicolons(merge.remarks);
    if (!merge.conflicts.empty()) {
        decision.fate = Fate::conflict;
        decision.reason = "merged, but look at " + joined_with_semicolons(merge.conflicts);
        decision.lay_theirs_beside = true;
    }
    return decision;
}

std::optional<Decision> decide_account_file(partitions::Storage &storage, const EffectiveAccounts &accounts,
                                            const std::filesystem::path &relative, const Versions &versions) {
    const std::optional<AccountFile> file = account_file_at(relative.string());
    if (!file || storage.kind(versions.mine) != partitions::FileKind::file ||
        is_as(storage, versions.mine, versions.base) || is_as(storage, versions.mine, versions.theirs))
        return std::nullopt;
    const bool is_changed_by_image =
        versions.theirs && !(versions.base && same_contents(storage, *versions.base, *versions.theirs));
    const bool is_passwd = *file == AccountFile::passwd;
    if (is_passwd || *file == AccountFile::group) {
        const bool is_translated =
            is_passwd ? accounts.merge.is_passwd_translated : accounts.merge.is_group_translated;
        if (!is_changed_by_image && !is_translated)
            return std::nullopt;
        return decision_on(is_passwd ? accounts.merge.passwd : accounts.merge.group);
    }
    if (*file != AccountFile::subordinate_ids)
        return std::nullopt;
    const std::string mine = text_of_file(storage, versions.mine);
    const std::string theirs = text_of_file(storage, versions.theirs);
    const std::string translated = translate_subordinate_ids(accounts.owners(), mine);
    if (!is_changed_by_image && translated == mine)
        return std::nullopt;
    AccountMerge merge = merge_accounts(*file, text_of_file(storage, versions.base), translated, theirs);
    for (std::string &text : new_overlaps(merge.text, {translated, theirs}))
        merge.conflicts.push_back(std::move(text));
    return decision_on(std::move(merge));
}

} // namespace hooks::etc
