// The least version that is acceptable on this appliance: it rises with an upgrade that is committed, and
// never falls. Remembers it; what is refused because of it stands in preconditions.hpp.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/version.hpp"
#include "updater/refusal.hpp"

#include <filesystem>
#include <optional>

namespace updater::checks {

/// The file is there and holds no version. What was the least version nobody knows, so nothing can be
/// installed.
class LeastVersionDamaged : public Refused {
  public:
    using Refused::Refused;
};

/// Keeps it in one file, whose only line is the version. May be used from several threads: each call reads
/// the file.
class LeastVersion {
  public:
    LeastVersion(partitions::Storage &storage, std::filesystem::path file);

    /// Nothing before the first rise. Throws LeastVersionDamaged, StorageError.
    std::optional<firmware::Version> value() const;

    /// This version from now on, unless a newer one is kept already. Durable on return. Throws
    /// LeastVersionDamaged, StorageError.
    void raise_to(const firmware::Version &version);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::checks
