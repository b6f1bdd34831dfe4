// Decides about the account files together, since numbers in one name accounts in another. Reads files,
// writes none.
#pragma once

#include "hooks/etc/effective_owners.hpp"
#include "hooks/etc/entry_decision.hpp"

#include <optional>

namespace hooks::etc {

/// The decision for a merge of accounts: a conflict if the merge has any.
Decision decision_on(AccountMerge merge);

/// Decides about passwd, group, subuid and subgid that the administrator changed. Nothing for other files,
/// and where the general rule of decide_entry() gives the same result.
std::optional<Decision> decide_account_file(partitions::Storage &storage, const EffectiveAccounts &accounts,
                                            const std::filesystem::path &relative, const Versions &versions);

} // namespace hooks::etc
