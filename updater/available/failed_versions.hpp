// The versions whose upgrade was tried here and failed: they are not installed again unless asked for by
// name.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_observer.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace updater::available {

/// A failure of the version itself: not of a power supply before it ever ran, and not one that asks to be
/// tried later.
bool speaks_against_version(const job::JobEnd &end);

class FailedVersions {
  public:
    FailedVersions(partitions::Storage &storage, std::filesystem::path file);

    /// So many are remembered; the lowest versions are forgotten first, since an appliance does not go back
    /// to them by itself.
    static constexpr std::size_t max_versions = 50;

    /// Why this version failed here, if it did. @throws partitions::StorageError.
    std::optional<std::string> reason_for(const std::string &version);
    /// All of them, for whoever wants to know of many versions. @throws partitions::StorageError.
    std::set<std::string> all();
    /// Durable on return.
    void remember(const std::string &version, const std::string &reason);
    /// The upgrade was interrupted after the restart: by a power failure or a person, which says nothing of
    /// the version, or by a panic or a hang, which look the same from outside. So only the second one counts.
    /// Durable on return.
    void remember_interruption(const std::string &version, const std::string &reason);
    void forget(const std::string &version);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::available
