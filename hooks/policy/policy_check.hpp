// Which files the policy objects read through their $(FILE:…) macros, and whether each can be read. Prints
// findings as a check program does (updater/contracts.md). Changes nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <functional>
#include <iosfwd>

namespace hooks::policy {

struct PolicyCheck {
    std::filesystem::path root = "/"; ///< the system whose policies are read
    /// The new image with the converted configuration: what lies on the data partition cannot be seen in it.
    bool rehearsal = false;
    /// Called after the policies were read and before the files are: makes the process the account that reads
    /// them.
    std::function<void()> become_reader = [] {};
};

/// One line for all that is well, and one for each file that is missing or cannot be read: a FAIL if an
/// active policy names it, since the filter would not start, otherwise a WARN. A policy that is not
/// understood is a FAIL. Throws StorageError.
void check_policies(partitions::Storage &storage, const PolicyCheck &check, std::ostream &output);

/// The effective user and groups of this process become those of the account; that cannot be taken back.
/// Throws std::system_error.
void become_account(const std::string &name);

} // namespace hooks::policy
