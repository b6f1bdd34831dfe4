// Makes trees out of a snapshot: an upper directory of /etc, what a conversion compares it with, and folders
// of /var. Nobody may use them before all of it is written and durable.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_reader.hpp"
#include "updater/snapshot/entry_attributes.hpp"

#include <filesystem>

namespace updater::snapshot {

/// Where the lists of a snapshot go. Each must not exist, and its parent must. Empty: that list is only
/// verified.
struct TargetTrees {
    std::filesystem::path settings;
    std::filesystem::path base;
    std::filesystem::path var; ///< made even if the snapshot has nothing of /var
};

/// Makes the targets and makes them durable, but for their own names. Reads and verifies the whole archive.
/// Throws SnapshotDamaged, StorageError, std::exception; the targets are then incomplete.
void write_trees(partitions::Storage &storage, const EntryAttributes &attributes, ArchiveReader &archive,
                 const TargetTrees &targets);

} // namespace updater::snapshot
