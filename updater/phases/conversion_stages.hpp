// Running a chain of conversions in stages, each reading what the one before it made. Used in earnest (phases
// 5 and 7) and as a rehearsal (phase 2), so that all do the same. Decides nothing about the chain.
#pragma once

#include "partitions/storage.hpp"
#include "updater/phases/conversions.hpp"

#include <filesystem>
#include <vector>

namespace updater::phases {

/// Runs the chain on `source`, a tree that is only read, and returns the directory that holds the result: the
/// last stage, NAME.stage-N below `work`, or `source` itself when there is nothing to convert. What an
/// earlier run left of a stage is removed. Nothing is durable yet. `first_percent` to `last_percent` is the
/// part of the phase that the chain is.
/// @throws ConversionFailed, Cancelled, partitions::StorageError.
std::filesystem::path convert_in_stages(partitions::Storage &storage, Conversions &runner,
                                        const std::vector<firmware::Conversion> &chain,
                                        const std::filesystem::path &source,
                                        const std::filesystem::path &work, const ConversionView &view,
                                        job::PhaseRun &run, int first_percent, int last_percent);

} // namespace updater::phases
