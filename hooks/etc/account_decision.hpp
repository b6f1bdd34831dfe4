// What becomes of the account files, which are not decided one by one: numbers in one name accounts in
// another. Reads files, writes none.
#pragma once

#include "hooks/etc/effective_owners.hpp"
#include "hooks/etc/entry_decision.hpp"

#include <optional>

namespace hooks::etc {

/// The decision on a merge of accounts: a conflict if it has any.
Decision decision_on(AccountMerge merge);

/// passwd, group, subuid and subgid that the administrator changed; nothing for all else, and where the
/// general rule of decide_entry() gives the same.
std::optional<Decision> decide_account_file(partitions::Storage &storage, const EffectiveAccounts &accounts,
                                            const std::filesystem::path &relative, const Versions &versions);

} // namespace hooks::etc
