// A file that has its name only once it is complete. Internal to this folder.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace updater {

/// Collects bytes in TARGET.part; without finish() that file is removed again. Throws
/// partitions::StorageError.
class PartialFile {
  public:
    /// A .part file that a power cut left behind is overwritten.
    PartialFile(partitions::Storage &storage, std::filesystem::path target);
    ~PartialFile();
    PartialFile(const PartialFile &) = delete;
    PartialFile &operator=(const PartialFile &) = delete;

    void append(std::span<const std::byte> bytes);
    /// On return the file has its name, and both are durable.
    void finish();

  private:
    partitions::Storage &storage_;
    std::filesystem::path target_;
    std::filesystem::path part_;
    std::unique_ptr<partitions::File> file_;
};

} // namespace updater
