// Converting the configuration: a chain of conversions, each reading what the one before it made. Used in
// earnest (phase 5) and as a rehearsal (phase 2), so that both do the same.
#pragma once

#include "partitions/storage.hpp"
#include "updater/phases/conversions.hpp"

#include <filesystem>
#include <vector>

namespace updater {

/// Runs the chain on `source`, an upper directory of /etc, and returns the directory that holds the result:
/// the last stage below `work`, or `source` itself when there is nothing to convert.
/// @throws ConversionFailed, Cancelled, partitions::StorageError.
std::filesystem::path convert_configuration(partitions::Storage &storage, Conversions &runner,
                                            const std::vector<Conversion> &conversions,
                                            const std::filesystem::path &source,
                                            const std::filesystem::path &work, const ConversionView &view,
                                            PhaseRun &run, int first_percent, int last_percent);

} // namespace updater
