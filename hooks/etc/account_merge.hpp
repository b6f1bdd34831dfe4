// Three-way merge of the account files: passwd, group, shadow, gshadow, subuid, subgid. Text in, text out.
// Formats: passwd(5), group(5), shadow(5), gshadow(5), subuid(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hooks::etc {

enum class AccountFile { passwd, group, shadow, gshadow, subordinate_ids };

/// The kind of the file with this path below /etc; nothing if it is no account file.
std::optional<AccountFile> account_file_at(std::string_view relative_path);

struct AccountMerge {
    std::string text;
    std::vector<std::string> conflicts; ///< for a person: changed on both sides, or two names for one number
    std::vector<std::string> remarks;   ///< for a person: what else is worth knowing
};

/// base: the old image's, mine: the administrator's, theirs: the new image's. Merges field by field: a change
/// on one side is applied, a change on both is a conflict, which the administrator's value wins; member lists
/// are merged as sets. The result has all accounts of the administrator and all new ones of the new image. An
/// account that the new image no longer has is kept, unless the new image gave its number to another. One
/// that the administrator removed stays removed. Conflicts and remarks never contain passwords.
AccountMerge merge_accounts(AccountFile file, std::string_view base, std::string_view mine,
                            std::string_view theirs);

} // namespace hooks::etc
