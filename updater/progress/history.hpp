// The jobs that have ended on this appliance. The list outlives the OS: both systems of an upgrade write it.
#pragma once

#include "partitions/storage.hpp"
#include "updater/job/job_end.hpp"
#include "updater/job/job_facts.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace updater::progress {

/// Thread-safe: each call reads the file, and the file is replaced as a whole.
class History {
  public:
    /// `storage` must outlive this object.
    History(partitions::Storage &storage, std::filesystem::path file);

    /// The oldest are forgotten first.
    static constexpr std::size_t max_jobs = 200;

    /// Durable on return. A list that cannot be read is replaced. A job that is listed already is replaced:
    /// an end that could not be written to the journal is told again. Throws partitions::StorageError.
    void add(const job::JobFacts &facts, const job::JobEnd &end);

    /// {"format": 1, "jobs": […]}, oldest first; each job with the members of `last` in the state document.
    /// Empty if the file cannot be read.
    nlohmann::json document() const;

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
};

} // namespace updater::progress
