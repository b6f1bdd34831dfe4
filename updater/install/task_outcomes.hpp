// What became of each task, and why the rest is not tried: too many could not be made, or something failed.
#pragma once

#include "updater/install/work_list.hpp"

#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace updater::install {

/// How many tasks may fail before the rest is not tried.
struct FailureLimits {
    std::size_t max_without_success = 0; ///< as long as no chunk was written
    std::size_t max = 0;                 ///< in any case
};

/// Thread-safe.
class TaskOutcomes {
  public:
    TaskOutcomes(std::size_t tasks, const FailureLimits &limits) : limits_(limits), written_(tasks, false) {}

    void written(std::size_t task);
    /// Returns whether the rest is not to be tried: a wrong base is noticed after a few chunks.
    bool not_made(const std::string &reason);
    /// Keeps the first failure. Returns false if the rest was given up before: what fails then is tried again
    /// in another way.
    bool failed(std::exception_ptr failure);

    /// When all threads have ended. Throws what failed.
    ChunkNumbers chunks_not_written(const std::vector<ChunkTask> &tasks) const;
    /// Why the first chunk could not be made; "" if all could.
    const std::string &reason() const { return reason_; }

  private:
    FailureLimits limits_;
    std::mutex mutex_;
    std::vector<bool> written_; ///< for each task
    std::size_t written_count_ = 0;
    std::size_t not_made_count_ = 0;
    std::string reason_;
    bool given_up_ = false;
    std::exception_ptr failure_;
};

} // namespace updater::install
