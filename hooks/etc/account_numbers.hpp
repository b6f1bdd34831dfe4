// Merges passwd and group together, because each refers to numbers of the other, and because no two accounts
// may share a number that they did not share before. Text in, text out. Formats: passwd(5), group(5).
#pragma once

#include "hooks/etc/account_merge.hpp"
#include "hooks/owner_translation.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace hooks::etc {

struct AccountTexts {
    std::string passwd;
    std::string group;
};

/// An account of the administrator's whose number the new image gave to another account, or that has another
/// number in the new image.
struct RenumberedAccount {
    bool is_user = true; ///< else a group
    std::string name;
    id_t old_number = 0;
    id_t new_number = 0;
    std::string taken_by; ///< empty: no account
    /// "user NAME has number NEW now, because OLD is OTHER's in the new system"
    std::string text() const;
};

struct AccountNumbersMerge {
    AccountMerge passwd;
    AccountMerge group;
    /// A number in the merged texts differs from the administrator's.
    bool is_passwd_translated = false;
    bool is_group_translated = false;
    std::vector<RenumberedAccount> renumbered;
};

/// base: the old image's, mine: the administrator's, theirs: the new image's. An account that the
/// administrator added, and whose number the new image gave to another one, gets a number that is free in
/// both systems; one that shares the number of an account of the image follows that one. The first group of a
/// user is found by name. Everything else is merge_accounts().
AccountNumbersMerge merge_account_numbers(const AccountTexts &base, const AccountTexts &mine,
                                          const AccountTexts &theirs);

} // namespace hooks::etc
