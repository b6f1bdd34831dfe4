// Clearing away what an earlier agent, or an earlier trial, left behind. Before the first job begins.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/job/journal.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/rescue/rescue_record.hpp"

namespace updater::agent::parts {

/// Ends programs and removes mounts of phases. Throws nothing: a phase that a leftover hinders says so.
void clear_leftovers(Machine &machine);

/// Puts mail of an earlier trial into the queue, unless a job is open: then its undo does that. Throws
/// nothing.
void put_back_mail(Machine &machine, job::Journal &journal);

/// If the boot loader had to start the rescue copy, because the partition of the default system is damaged:
/// makes it the default, so that the other partition can be written again, and tells it. Throws nothing.
void keep_started_copy(Machine &machine, job::Journal &journal, rescue::RescueRecord &record,
                       notices::Announcements &announcements);

/// Holds content updates back if the job that is open did so before the restart. Throws nothing.
void hold_content_again(Machine &machine, job::Journal &journal);

} // namespace updater::agent::parts
