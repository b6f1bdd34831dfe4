// The facts of a job that is about to begin. Begins none.
#pragma once

#include "partitions/generations.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/running_system.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace updater::agent {

class NewJobs {
  public:
    /// `log_folder`: where a job's log will lie. `last_start`: how long the system took to start.
    /// `generations` outlives this object.
    NewJobs(std::string running_version, job::RunningSystem running,
            const partitions::Generations &generations, std::filesystem::path log_folder, text::Clock clock,
            std::optional<std::chrono::milliseconds> last_start = std::nullopt);

    /// The job's id is the present time. `source` as of an installation: empty, a path or a URL.
    job::JobFacts facts(job::Operation operation, const std::string &source) const;

  private:
    std::string running_version_;
    job::RunningSystem running_;
    const partitions::Generations &generations_;
    std::filesystem::path log_folder_;
    text::Clock clock_;
    std::optional<std::chrono::milliseconds> last_start_;
};

} // namespace updater::agent
