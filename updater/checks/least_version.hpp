// The least acceptable version on this appliance: a committed upgrade may raise it, nothing lowers it. Stores
// it durably; preconditions.hpp refuses older versions.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/version.hpp"
#include "updater/refusal.hpp"

#include <filesystem>
#include <optional>

namespace updater::checks {

/// The file exists but holds no version. The least version is unknown, so nothing can be installed.
class LeastVersionDamaged : public Refused {
  public:
    using Refused::Refused;
    messages::Code code() const override { return messages::Code::check_version; }
};

/// The file has one line, the version. Thread-safe: each call reads the file.
class LeastVersion {
  public:
    LeastVersion(partitions::Storage &storage, std::filesystem::path file);

    /// Nothing if it was never raised. Throws LeastVersionDamaged, StorageError.
    std::optional<firmware::Version> value() const;

    /// Stores this version unless the stored one is newer. Durable on return. Throws LeastVersionDamaged,
    /// StorageError.
    void raise_to(const firmware::Version &version);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::checks
