// Reads passwd and group of all three versions; see the header.
#include "hooks/etc/effective_owners.hpp"

#include "hooks/etc/account_merge.hpp"
#include "hooks/overlay/overlay_view.hpp"
#include "partitions/durable.hpp"

#include <string>

namespace hooks::etc {

namespace {

constexpr std::size_t max_account_bytes = 16UL * 1024 * 1024;

std::string text_at(partitions::Storage &storage, const std::optional<std::filesystem::path> &path) {
    if (!path || storage.kind(*path) != partitions::FileKind::file)
        return {};
    return partitions::read_whole_file(storage, *path, max_account_bytes);
}

// The accounts that the administrator added, for a conversion that only gets the result.
std::string with_accounts_of_both(std::string old_text, std::string_view converted, std::string_view theirs) {
    const auto old_numbers = numbers_by_name(old_text);
    const auto new_images = numbers_by_name(theirs);
    if (!old_text.empty() && !old_text.ends_with('\n'))
        old_text += '\n';
    for (const auto &[name, number] : numbers_by_name(converted))
        if (!old_numbers.contains(name) && !new_images.contains(name))
            old_text += name + ":x:" + std::to_string(number) + ":\n";
    return old_text;
}

} // namespace

EffectiveAccounts effective_accounts(partitions::Storage &storage, const std::filesystem::path &upper,
                                     const std::filesystem::path &old_etc,
                                     const std::filesystem::path &new_etc) {
    const auto in_image = [&](const std::filesystem::path &etc) {
        return AccountTexts{text_at(storage, overlay::find_entry(storage, etc, "passwd")),
                            text_at(storage, overlay::find_entry(storage, etc, "group"))};
    };
    const overlay::OverlayView old_view(storage, upper, old_etc);
    const AccountTexts base = in_image(old_etc);
    const AccountTexts theirs = in_image(new_etc);
    EffectiveAccounts accounts;
    accounts.old_system = {text_at(storage, old_view.find("passwd")),
                           text_at(storage, old_view.find("group"))};
    accounts.merge = merge_account_numbers(base, accounts.old_system, theirs);
    const bool is_passwd_as_shipped = accounts.old_system.passwd == base.passwd;
    const bool is_group_as_shipped = accounts.old_system.group == base.group;
    accounts.new_system = {is_passwd_as_shipped ? theirs.passwd : accounts.merge.passwd.text,
                           is_group_as_shipped ? theirs.group : accounts.merge.group.text};
    return accounts;
}

std::string names_and_numbers(std::string_view text) {
    std::string result;
    for (const auto &[name, number] : numbers_by_name(text))
        result += name + ":x:" + std::to_string(number) + ":\n";
    return result;
}

OwnerTranslation owners_after_etc(partitions::Storage &storage, const std::filesystem::path &converted,
                                  const std::filesystem::path &old_etc,
                                  const std::filesystem::path &new_etc) {
    const overlay::OverlayView new_system(storage, converted, new_etc);
    const auto new_text = [&](const char *name) { return text_at(storage, new_system.find(name)); };
    const auto old_text = [&](const char *name) {
        const std::filesystem::path before = std::filesystem::path(accounts_before_folder) / name;
        if (const auto left = overlay::find_entry(storage, converted, before))
            return text_at(storage, left);
        return with_accounts_of_both(text_at(storage, overlay::find_entry(storage, old_etc, name)),
                                     new_text(name),
                                     text_at(storage, overlay::find_entry(storage, new_etc, name)));
    };
    return {old_text("passwd"), new_text("passwd"), old_text("group"), new_text("group")};
}

} // namespace hooks::etc
