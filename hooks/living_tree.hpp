// Walking through a tree in which files come and go meanwhile: an editor's swap file, a service's temporary
// file. Nothing of that may end a conversion. Changes nothing.
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

/// Does `work` with the entry `path`. false: it failed because the entry is gone now; what work had begun
/// must be harmless. Any other failure is thrown on.
bool unless_gone(partitions::Storage &storage, const std::filesystem::path &path,
                 const std::function<void()> &work);

} // namespace hooks
