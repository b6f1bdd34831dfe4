// Snapshots that leave the appliance and come back: between an open file of somebody else and the store.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/encryption.hpp"
#include "updater/snapshot/snapshot_store.hpp"

#include <string>

namespace updater::snapshot {

/// Encryption works in memory.
inline constexpr std::size_t max_exchanged_bytes = 256UL * 1024 * 1024;

/// Writes the snapshot, verified, to a regular file that is open and empty; encrypted if there is a secret.
/// Throws Refused, StorageError, std::system_error.
void export_snapshot(partitions::Storage &storage, const SnapshotStore &store, const std::string &name,
                     int file, const Secret &secret);

/// Adds the snapshot in a regular file that is open for reading, after all of it was verified, and returns
/// its name. `name` empty: its own. Throws Refused: damaged, encrypted for somebody else, the name is used.
std::string import_snapshot(partitions::Storage &storage, SnapshotStore &store, const std::string &name,
                            int file, const Secret &secret);

} // namespace updater::snapshot
