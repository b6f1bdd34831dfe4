// Removing the generations that no system needs any more, but none that holds mail which was accepted on
// trial and is in no queue yet.
#pragma once

#include "partitions/generations.hpp"
#include "partitions/storage.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace updater::services {

struct RemovedGenerations {
    std::vector<std::string> removed;
    std::vector<std::string> with_mail; ///< these stay; a line each, with what to do
    std::vector<std::string> left;      ///< leftovers that cannot be removed; a line each, with what to do
};

/// Removes each generation that no slot uses and that isn't `needed` (a name, or empty). So one that two
/// slots share stays as long as one of them uses it. Durable on return; can be repeated. Throws StorageError.
RemovedGenerations remove_spare_generations(partitions::Storage &storage,
                                            partitions::Generations &generations, std::string_view needed);

} // namespace updater::services
