// What is unusual about the system that runs, in words for the greeting at login: it isn't the one that the
// boot loader starts by default, or not the one that the last job left. Looks only.
#pragma once

#include "updater/job/journal.hpp"
#include "updater/job/running_system.hpp"
#include "updater/rescue/rescue_record.hpp"

#include <optional>
#include <string>

namespace updater::agent {

/// What the disk says of the slots.
struct SlotFacts {
    partitions::Slot default_slot{};
    bool other_bootable = false; ///< the slot that doesn't run
    std::string running_generation{};
    bool copied_by_itself = true; ///< the running system, once nothing else can be started
    std::optional<rescue::StartedCopy> started_copy{}; ///< the last one
};

/// One line, or empty when all is as it should be, also during a trial. `version`: of the running system.
std::string text_about_system(const job::RunningSystem &running, const std::string &version,
                              const SlotFacts &slots, const job::JournalContents &journal);

} // namespace updater::agent
