// The versions that failed on this appliance. They are not installed again unless they are named or forced.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_observer.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace updater::available {

/// Whether the version itself failed: it was rolled back after the restart, and not because of something that
/// asks to be tried later.
bool speaks_against_version(const job::JobEnd &end);

/// By version; a text that is not a version is lower than all versions.
bool is_lower(const std::string &left, const std::string &right);

struct FailedVersion {
    std::string version;
    std::string reason;
    std::optional<std::chrono::sys_seconds> time; ///< nothing: an older updater has noted it
};

class FailedVersions {
  public:
    FailedVersions(partitions::Storage &storage, std::filesystem::path file);

    /// The lowest versions are forgotten first, because an appliance does not install them by itself.
    static constexpr std::size_t max_versions = 50;

    /// Why this version failed here, if it did. @throws partitions::StorageError.
    std::optional<std::string> reason_for(const std::string &version);
    /// All of them, in the order of their versions as text; cheaper than reason_for() for many versions.
    /// @throws partitions::StorageError.
    std::vector<FailedVersion> all();
    /// Durable on return.
    void remember(const std::string &version, const std::string &reason, std::chrono::sys_seconds time);
    /// The upgrade was interrupted after the restart: by a power failure or a person, which is not the
    /// version's fault, or by a panic or a hang, which cannot be told apart from those. So the version counts
    /// as failed only after the second interruption. Durable on return.
    void remember_interruption(const std::string &version, const std::string &reason,
                               std::chrono::sys_seconds time);
    void forget(const std::string &version);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

/// Remembers or forgets versions by how the job ended. Durable on return. @throws partitions::StorageError.
void note_job_end(FailedVersions &failed_versions, const job::JobFacts &facts, const job::JobEnd &end);

} // namespace updater::available
