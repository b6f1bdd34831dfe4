// Makes an upper directory of /etc out of a snapshot. Nobody may use it before all of it is written and
// durable.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_reader.hpp"
#include "updater/snapshot/entry_attributes.hpp"

#include <filesystem>

namespace updater::snapshot {

/// Makes `target`, which must not exist, with all settings of the snapshot, and makes it durable, but for its
/// own name. Reads and verifies the whole archive. Throws SnapshotDamaged, StorageError, std::exception; the
/// target is then incomplete.
void write_settings(partitions::Storage &storage, const EntryAttributes &attributes, ArchiveReader &archive,
                    const std::filesystem::path &target);

} // namespace updater::snapshot
