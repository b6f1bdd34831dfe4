// The versions whose upgrade was tried here and failed: they are not installed again unless asked for by
// name.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace updater {

class FailedVersions {
  public:
    FailedVersions(partitions::Storage &storage, std::filesystem::path file);

    /// Why this version failed here, if it did. @throws partitions::StorageError.
    std::optional<std::string> reason_for(const std::string &version);
    /// Durable on return.
    void remember(const std::string &version, const std::string &reason);
    void forget(const std::string &version);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater
