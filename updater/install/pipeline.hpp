// Fetches and makes chunks at the same time: the calling thread fetches, workers make and write. Keeps the
// first failure. Does not know how chunks are made.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/install/task_outcomes.hpp"
#include "updater/install/work_list.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::install {

/// What the pipeline does with each task. One object for each thread.
struct ChunkWorker {
    /// Makes the chunk. When it throws ChunkNotMade, the task has failed.
    std::function<void(const ChunkTask &, std::span<const std::byte> fetched)> make;
    /// Writes the chunk made last. In an ordered pipeline it is called only after all earlier chunks were
    /// made.
    std::function<void(const ChunkTask &)> write;
};

struct PipelineResult {
    ChunkNumbers failed; ///< chunks that were not made, including those not tried; ascending
    std::string reason;  ///< of the first of them
};

struct PipelineSettings {
    bool ordered = false;
    FailureLimits limits;
};

/// Called by one thread at a time. Each may be empty, and may request the stop of the pipeline.
struct PipelineReports {
    std::function<void(const ChunkTask &)> chunk_written = nullptr;
    /// Now and then while bytes arrive, also if no chunk is finished for long.
    std::function<void()> bytes_came = nullptr;
};

/// Runs all tasks. Throws what fetching and writing throw, Cancelled.
PipelineResult run_pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
                            std::vector<ChunkWorker> workers, const PipelineSettings &settings,
                            const PipelineReports &reports, const std::stop_token &stop);

} // namespace updater::install
