// Writes the archive of a snapshot through the storage. Decides nothing of what is in it.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_names.hpp"
#include "updater/snapshot/description.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace updater::snapshot {

/// Gets the archive, piece by piece.
using ByteSink = std::function<void(std::span<const std::byte>)>;
/// Gives the contents of a file of one of the lists to the sink: entry.size_bytes of them.
using ContentsOf = std::function<void(Tree tree, const Entry &entry, const ByteSink &sink)>;

/// Throws what both functions throw, and std::runtime_error.
void write_archive(const Description &description, const ContentsOf &contents_of, const ByteSink &sink);

/// Into `file`, which only root can read, and durable on return, but for its name. Throws StorageError.
void write_archive_file(partitions::Storage &storage, const std::filesystem::path &file,
                        const Description &description, const ContentsOf &contents_of);

} // namespace updater::snapshot
