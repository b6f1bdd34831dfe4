// The translation of user and group numbers between the two systems as they really are: with the accounts
// that the administrator added or changed. Only reads.
#pragma once

#include <filesystem>

#include "hooks/owner_translation.hpp"
#include "partitions/storage.hpp"

namespace hooks {

// upper: the administrator's /etc over old_etc. The new system's accounts are those that the merge of upper
// with new_etc will give.
OwnerTranslation effective_owners(partitions::Storage &storage, const std::filesystem::path &upper,
                                  const std::filesystem::path &old_etc, const std::filesystem::path &new_etc);

// The same for a conversion that runs after that of /etc. converted: what that one made, the new system's
// accounts over new_etc. The administrator's accounts in it have the numbers that they had.
OwnerTranslation owners_after_etc(partitions::Storage &storage, const std::filesystem::path &converted,
                                  const std::filesystem::path &old_etc, const std::filesystem::path &new_etc);

} // namespace hooks
