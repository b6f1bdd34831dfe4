// The accounts of both systems, including those that the administrator added or changed, and the translation
// of numbers between them. Only reads.
#pragma once

#include "hooks/etc/account_numbers.hpp"
#include "hooks/owner_translation.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace hooks::etc {

/// Where the conversion of /etc leaves the old system's accounts for the conversions after it, below /etc:
/// passwd(5) and group(5) with names and numbers only.
inline constexpr const char *accounts_before_folder = "update-control/accounts-before";

struct EffectiveAccounts {
    AccountTexts old_system;
    AccountTexts new_system;
    AccountNumbersMerge merge;

    OwnerTranslation owners() const {
        return {old_system.passwd, new_system.passwd, old_system.group, new_system.group};
    }
};

/// upper: the administrator's /etc over old_etc. The new system's accounts are those that the merge of upper
/// with new_etc will give.
EffectiveAccounts effective_accounts(partitions::Storage &storage, const std::filesystem::path &upper,
                                     const std::filesystem::path &old_etc,
                                     const std::filesystem::path &new_etc);

/// Only the names and numbers of passwd(5) or group(5).
std::string names_and_numbers(std::string_view text);

/// The translation for a conversion that runs after that of /etc. converted: what that one made, the new
/// system's accounts over new_etc. Without accounts_before_folder in it, the administrator's accounts are
/// taken to have kept their numbers.
OwnerTranslation owners_after_etc(partitions::Storage &storage, const std::filesystem::path &converted,
                                  const std::filesystem::path &old_etc, const std::filesystem::path &new_etc);

} // namespace hooks::etc
