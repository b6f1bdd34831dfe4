// Fetches and makes chunks at the same time: one thread fetches, others make and write. Bounds the memory and
// keeps the first failure. Does not know how chunks are made.
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
    /// After this many failed tasks the rest is not tried.
    std::size_t failures_without_success = 0; ///< limit as long as no chunk was written
    std::size_t failures = 0;                 ///< limit in any case
    /// Called now and then while bytes arrive, also if no chunk is finished for long. May be empty.
    std::function<void()> bytes_came = nullptr;
};

/// Runs all tasks. Consecutive tasks whose ranges ascend are fetched with one call of source.read(). `done`
/// is called for each finished chunk; it and `bytes_came` are called by one thread at a time. Throws what
/// fetching and writing throw, Cancelled.
PipelineResult run_pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
                            std::vector<ChunkWorker> workers, const PipelineSettings &settings,
                            const std::function<void(const ChunkTask &)> &done, const std::stop_token &stop);

} // namespace updater::install
