// Fetching and making chunks at the same time: one thread fetches, others make and write. Knows nothing of
// what making means; keeps memory bounded and the first failure.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/install/work_list.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::install {

/// What the pipeline does with each task; one for each thread.
struct ChunkWorker {
    /// Makes the chunk. Throws ChunkNotMade, and the task then counts as failed.
    std::function<void(const ChunkTask &, std::span<const std::byte> fetched)> make;
    /// Writes what was made last. In an ordered pipeline it is called only when all earlier tasks were made.
    std::function<void(const ChunkTask &)> write;
};

struct PipelineResult {
    ChunkNumbers failed; ///< chunks that were not made, and those not tried after giving up; ascending
    std::string reason;  ///< of the first of them
};

struct PipelineSettings {
    bool ordered = false;
    /// When so many tasks have failed the rest is not tried.
    std::size_t failures_without_success = 0; ///< and none was written
    std::size_t failures = 0;                 ///< whether any was written or not
    /// Called now and then while bytes come, also when no chunk is finished for long; may be nothing.
    std::function<void()> bytes_came = nullptr;
};

/// Runs all tasks, whose ranges ascend from task to task within each run of the list that does (the source is
/// asked once for each such run). `done` is told each finished chunk; it and `bytes_came` are called by one
/// thread at a time. Throws what fetching and writing throw, Cancelled.
PipelineResult run_pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
                            std::vector<ChunkWorker> workers, const PipelineSettings &settings,
                            const std::function<void(const ChunkTask &)> &done, const std::stop_token &stop);

} // namespace updater::install
