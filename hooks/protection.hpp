// Files that chattr(1) made immutable or append-only can't be converted: takes the protection off in the new
// generation, and puts it back.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <functional>

namespace hooks {

/// For this entry and all below it, so that it can be replaced or removed. Does nothing if there is none.
void take_protection_off(partitions::Storage &storage, const std::filesystem::path &path);

/// Calls `work`, which makes or removes entries in or below the directory, without the protection of the
/// lowest existing directory on that path; puts it back afterwards.
void while_unprotected(partitions::Storage &storage, const std::filesystem::path &directory,
                       const std::function<void()> &work);

} // namespace hooks
