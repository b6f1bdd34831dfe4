// Clearing away what an earlier agent, or an earlier trial, left behind. Before the first job begins.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/job/journal.hpp"

namespace updater::agent::parts {

/// Programs and mounts of phases. Throws nothing: the phase that they are in the way of says so.
void clear_leftovers(Machine &machine);

/// Puts mail of an earlier trial into the queue, unless a job is open, which does it. Throws nothing.
void put_back_mail(Machine &machine, job::Journal &journal);

} // namespace updater::agent::parts
