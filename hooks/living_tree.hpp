// Walks a tree in which files appear and vanish meanwhile: an editor's swap file, a service's temporary file.
// A vanished file must not fail a conversion. Changes nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace hooks {

/// What the directory holds; nothing if it is gone.
std::vector<std::filesystem::path> list_if_there(partitions::Storage &storage,
                                                 const std::filesystem::path &directory);

std::optional<partitions::FileDetails> details_if_there(partitions::Storage &storage,
                                                        const std::filesystem::path &path);

/// Calls `work`, which uses the entry `path`. Returns false if it failed because the entry has vanished; a
/// partial result of work must be harmless. Any other failure is rethrown.
bool unless_gone(partitions::Storage &storage, const std::filesystem::path &path,
                 const std::function<void()> &work);

} // namespace hooks
