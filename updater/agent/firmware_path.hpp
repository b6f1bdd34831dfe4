// Says in plain words why a path cannot be installed, before the file is read.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>

namespace updater::agent {

/// There is a file at this path. Throws Refused.
void require_firmware_file(partitions::Storage &storage, const std::filesystem::path &path);

} // namespace updater::agent
