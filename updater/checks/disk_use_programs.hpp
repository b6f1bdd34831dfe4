// The vendor's programs that say which setting of the product would free how much: disk-use.d of the running
// image (updater/contracts.md). Runs them; knows none of them.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/storage.hpp"
#include "updater/checks/preconditions.hpp"

#include <filesystem>
#include <stop_token>
#include <vector>

namespace updater::checks {

/// What the programs in `folder` say of the disk that `path` lies on, in the order of their names. A program
/// that fails or says something else than its contract has said nothing more. Throws Cancelled.
std::vector<DiskPart> vendor_disk_use(const std::filesystem::path &folder, const std::filesystem::path &path,
                                      partitions::Storage &storage, hooks::runner::HookRunner &programs,
                                      const std::stop_token &stop);

} // namespace updater::checks
