// Finds files that keep their owners' numbers in an upgrade, because both systems use them (shared places,
// message stores, everything else on /data), and that belong to an account whose number changes. Only reads.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "partitions/storage.hpp"

#include <vector>

namespace hooks::etc {

/// Throws ConversionFailed if one of the accounts owns a file that keeps its numbers, or is named in its
/// access list: in the new system the file would belong to another account. The message says which file and
/// what to do.
void refuse_files_that_keep_numbers(partitions::Storage &storage, const ConversionRequest &request,
                                    const std::vector<RenumberedAccount> &accounts);

/// Logs numbers on such files that have no name in the old system, or a name that is gone, but belong to an
/// account of the new one.
void warn_of_numbers_without_a_name(partitions::Storage &storage, const ConversionRequest &request,
                                    ConversionLog &log, const EffectiveAccounts &accounts);

} // namespace hooks::etc
