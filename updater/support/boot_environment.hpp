// The boot loader's environment block, for a bundle. It is read from the device itself: a mount would keep
// the agent from mounting the partition writable at the same moment. Writes nothing.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <string>

namespace updater::support {

/// The lines of the environment block on this device, an ext4 file system of which the block is one file.
/// Reads 256 MiB at most. Throws NotToBeHad if there is none, StorageError.
std::string boot_environment(partitions::Storage &storage, const std::filesystem::path &device);

} // namespace updater::support
