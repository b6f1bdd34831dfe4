// The workers of an installation: they make chunks from their ingredients and write them to the target.
#pragma once

#include "partitions/partition_writer.hpp"
#include "updater/install/chunk_maker.hpp"
#include "updater/install/effort.hpp"
#include "updater/install/pipeline.hpp"

#include <vector>

namespace updater::install {

/// One for each thread of the effort. All arguments, and what the ingredients refer to, outlive the workers.
std::vector<ChunkWorker> chunk_workers(const Ingredients &ingredients, partitions::PartitionWriter &writer,
                                       const Effort &effort);

} // namespace updater::install
