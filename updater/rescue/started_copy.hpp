// The rescue copy becomes the system that is started from now on: on request; or because the boot loader
// could not start the default system and started the copy instead, and then the other partition can be
// written again.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "updater/job/record.hpp"
#include "updater/job/running_system.hpp"

#include <functional>
#include <string>

namespace updater::rescue {

/// Whether it did so. Only if both slots have one generation, so that they are one system; never on trial,
/// while a try is pending, or while a job is open or may be. `note` is called before the first change, so
/// that a power cut leaves no change without its reason. Throws what the boot selection and `note` throw, and
/// StorageError.
bool keep_started_copy(partitions::BootSelection &boot, const partitions::Generations &generations,
                       const job::RunningSystem &running, const job::JournalContents &journal,
                       const std::function<void(const std::string &generation)> &note);

/// Makes the slot that doesn't run the default, in one write, and asks for the restart. The slot that runs
/// stays bootable: it is the copy from then on. If the restart can't be asked for, the running slot is the
/// default again. Only if both slots have one generation. Throws what both throw.
void restart_into_copy(partitions::BootSelection &boot, partitions::Slot running,
                       const std::function<void()> &restart);

} // namespace updater::rescue
