// The greeting at login of a system that isn't the one that should run.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/job/journal.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/rescue/rescue_record.hpp"

namespace updater::agent::parts {

/// At the start, and whenever the rescue copy may have mended that; in the thread that has the record. Throws
/// nothing: what can't be told is printed on the console.
void tell_about_system(Machine &machine, job::Journal &journal, const rescue::RescueRecord &record,
                       notices::Announcements &announcements);

} // namespace updater::agent::parts
