// What is there of an image, what is missing, and the cheapest way to it. Only reads, so it is for a dry run
// too.
#pragma once

#include "updater/install/install_plan.hpp"
#include "updater/install/planner.hpp"
#include "updater/install/survey.hpp"

#include <stop_token>

namespace updater::install {

struct PlannedImage {
    InstallPlan plan;
    Survey survey;
    ChunkNumbers wanted; ///< chunks that the target does not hold
    Route route;
};

/// `partitions` has a target, open in a block_device mode. Throws FirmwareRefused, DownloadFailed,
/// FirmwareDamaged, StorageError, Cancelled.
PlannedImage plan_image(firmware::ByteSource &source, const firmware::FirmwareHead &head,
                        const Planner::Partitions &partitions, const Effort &effort, const Progress &progress,
                        const std::stop_token &stop);

} // namespace updater::install
