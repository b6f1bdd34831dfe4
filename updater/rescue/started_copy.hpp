// When the boot loader could not start the default system and started its rescue copy instead: the copy
// becomes the default, and the other partition can be written again.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/job/record.hpp"
#include "updater/job/running_system.hpp"

namespace updater::rescue {

/// Whether it did so. Only if both slots have one generation, so that they are one system; never on trial,
/// while a try is pending, or while a job is open or may be. Throws what the boot selection throws, and
/// StorageError.
bool keep_started_copy(partitions::BootSelection &boot, const partitions::Generations &generations,
                       const job::RunningSystem &running, const job::JournalContents &journal);

} // namespace updater::rescue
