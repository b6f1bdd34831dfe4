// Running a chain of conversions in stages, each reading what the one before it made. Used in earnest (phases
// 5 and 7) and as a rehearsal (phase 2), so that all do the same. Decides nothing about the chain.
#pragma once

#include "partitions/storage.hpp"
#include "updater/phases/conversions.hpp"

#include <filesystem>
#include <vector>

namespace updater::phases {

/// The directories of a chain.
struct StageFolders {
    std::filesystem::path source; ///< the tree to convert; only read
    std::filesystem::path work;   ///< gets the stages, as NAME.stage-N
};

/// Runs the chain and returns the directory that holds the result: the last stage, or the source itself when
/// there is nothing to convert. Removes what an earlier run left of a stage. Nothing is durable yet.
/// `progress` is the chain's part of the phase.
/// @throws ConversionFailed, Cancelled, partitions::StorageError.
std::filesystem::path convert_in_stages(partitions::Storage &storage, Conversions &runner,
                                        const std::vector<firmware::Conversion> &chain,
                                        const StageFolders &folders, const ConversionView &view,
                                        job::PhaseRun &run, PercentRange progress);

} // namespace updater::phases
