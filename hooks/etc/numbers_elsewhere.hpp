// Files that keep the numbers of their owners in an upgrade, because both systems use them: shared places,
// message stores, whatever else is on /data. Looks whether an account that gets another number has any. Only
// reads.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "partitions/storage.hpp"

#include <vector>

namespace hooks::etc {

/// Throws ConversionFailed if one of the accounts owns a file that keeps its numbers, or is named in its
/// access list: under the new system it would be another's. The message says which, and what to do.
void refuse_files_that_keep_numbers(partitions::Storage &storage, const ConversionRequest &request,
                                    const std::vector<RenumberedAccount> &accounts);

/// A line of the log for numbers that have no name in the old system, or one that is gone, and are somebody's
/// in the new one, if such files have them.
void warn_of_numbers_without_a_name(partitions::Storage &storage, const ConversionRequest &request,
                                    ConversionLog &log, const EffectiveAccounts &accounts);

} // namespace hooks::etc
