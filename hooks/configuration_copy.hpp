// The copy with which a conversion of a part of the configuration begins. Converts nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>

namespace hooks {

/// Makes target, an empty directory, the like of source, an upper directory of /etc: whiteouts, opaque
/// directories, owners, modes and times as they are. Durable after a sync of the file system that holds
/// target. Throws StorageError, std::system_error; the target is then useless.
void copy_configuration(partitions::Storage &storage, const std::filesystem::path &source,
                        const std::filesystem::path &target);

} // namespace hooks
