// The bytes of a stored file, for an ArchiveReader. Internal to this folder.
#pragma once

#include "partitions/storage.hpp"
#include "updater/snapshot/archive_reader.hpp"

#include <filesystem>
#include <memory>

namespace updater::snapshot {

/// Throws StorageError, now and when it reads. `storage` outlives it.
inline ArchiveReader::Source source_of(partitions::Storage &storage, const std::filesystem::path &path) {
    return [file = std::shared_ptr<partitions::File>(storage.open(path, partitions::OpenMode::read)),
            at = std::uint64_t{0}](std::span<std::byte> into) mutable {
        const std::size_t got = file->read_at(at, into);
        at += got;
        return got;
    };
}

} // namespace updater::snapshot
