// What is unusual about the system that runs, in words for the greeting at login: it isn't the one that the
// boot loader starts by default, or not the one that the last job left. Looks only.
#pragma once

#include "updater/job/journal.hpp"
#include "updater/job/running_system.hpp"

#include <string>

namespace updater::agent {

/// One line, or empty when all is as it should be, also during a trial. `version`: of the running system.
std::string text_about_system(const job::RunningSystem &running, const std::string &version,
                              partitions::Slot default_slot, const job::JournalContents &journal);

} // namespace updater::agent
