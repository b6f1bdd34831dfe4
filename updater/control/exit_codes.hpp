// The exit codes of update-control. Scripts depend on them, so a number never changes its meaning.
#pragma once

namespace updater::control {

enum class ExitCode : int {
    done = 0,
    failed = 1,        // or not possible in the present state; the message says what to do
    usage = 2,         // the command line was not understood; nothing was asked of the agent
    refused = 3,       // by the checks, before anything was changed
    busy = 4,          // another job runs
    cancelled = 5,     // on request, or the answer to a question was no
    restarting = 6,    // the appliance restarts; watch it with update-control -f
    no_agent = 7,      // the agent cannot be reached
    rolled_back = 8,   // the appliance is back on the previous system
    warned = 9,        // by --check fw, none of them refuses; or --verify does not know what was signed
    unfinished = 10,   // the new version runs and stays, but not all that follows the commit is done
    mail_stopped = 11, // done, but mail does not flow, and no job keeps it back
    differs = 12,      // --verify: a partition isn't what was signed
    queue_not_empty = differs, // --drain: mail is stopped, but the time was over before the queue was empty
    hung_up = 129,             // 128 + the signal that ended the watching; the job goes on
    interrupted = 130,
    output_lost = 141, // the output could no longer be written
    terminated = 143,
};

} // namespace updater::control
