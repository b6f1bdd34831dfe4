// Files that chattr(1) made immutable or append-only resist what a conversion has to do: taking that off in
// the new generation, and putting it back.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <functional>

namespace hooks {

/// Of this entry and all below it, so that it can be replaced or removed. Nothing happens if there is none.
void take_protection_off(partitions::Storage &storage, const std::filesystem::path &path);

/// Does `work`, which makes or removes entries in the directory or below it, and puts back the protection of
/// the lowest directory on the way to it that there is.
void while_unprotected(partitions::Storage &storage, const std::filesystem::path &directory,
                       const std::function<void()> &work);

} // namespace hooks
