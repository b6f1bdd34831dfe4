// A file that has its name only once it is complete. Internal to this folder.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace updater {

/// Collects bytes in TARGET.part, which finish() gives its name and discard() removes: one of them has to be
/// called.
class PartialFile {
  public:
    /// A .part file that a power cut left behind is overwritten. Throws partitions::StorageError.
    PartialFile(partitions::Storage &storage, std::filesystem::path target);

    /// Throws partitions::StorageError.
    void append(std::span<const std::byte> bytes);
    /// On return the file has its name, and both are durable. Throws partitions::StorageError; discard()
    /// then.
    void finish();
    /// For use while another error is on its way: that the .part file cannot be removed either is not
    /// reported, since the next download overwrites it.
    void discard();

  private:
    partitions::Storage &storage_;
    std::filesystem::path target_;
    std::filesystem::path part_;
    std::unique_ptr<partitions::File> file_;
};

} // namespace updater
