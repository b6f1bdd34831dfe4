// Copies the configuration, as the first step of a conversion of a part of it. Converts nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>

namespace hooks {

/// Copies source, an upper directory of /etc, into the empty directory target, with whiteouts, opaque
/// directories, owners, modes and times. Durable after a sync of the file system that holds target. Throws
/// StorageError, std::system_error; the target is then incomplete.
void copy_configuration(partitions::Storage &storage, const std::filesystem::path &source,
                        const std::filesystem::path &target);

} // namespace hooks
