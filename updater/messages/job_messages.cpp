// Codes of how a job went and ended, whatever it did: 01.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message job_messages[] = {
    {Code::job_cancelled, "The job was cancelled on request",
     "In phases 1 and 2 the running system was not touched, and what was downloaded and verified is kept. "
     "Later the job was rolled back: the system from before runs, with all mail.",
     "Nothing has to be done. To start again: update-control -i fw"},
    {Code::deadline_passed, "The new system did not prove itself in time",
     "The appliance goes back to the system from before by itself, with its configuration and all mail.",
     "The log says what it waited for. A conversion of a large store may need more conversion-seconds, which "
     "the "
     "vendor sets. The version is not installed again unless it is named or forced."},
    {Code::agent_ends, "The update agent was told to end in the middle of a phase, as before a restart",
     goes_back,
     "After a restart of a system on trial the reason says who asked for it, if the systemd journal of that "
     "start names anybody. Nothing speaks against the version. Start again when the appliance is up: "
     "update-control -i fw"},
    {Code::interrupted, "The appliance or the agent was restarted in the middle of a phase", goes_back,
     "The reason says what restarted it, as far as it left a trace: power, panic, watchdog, deadline, a "
     "person. Mend "
     "that, then start again: update-control -i fw"},
    {Code::new_system_did_not_come_up, "The new system gave no sign of itself after the restart",
     "The boot loader went back to the system from before, with its configuration and all mail.",
     "Look at what the other start left: journalctl -b -1, and the serial console's log. The version is not "
     "installed "
     "again unless it is named or forced; ask the vendor before you do."},
    {Code::restarted_on_trial, "The appliance restarted while the new system was on trial",
     "The boot loader went back to the system from before, with its configuration and all mail.",
     "The reason says what restarted it, as far as it left a trace. After a power failure start again: "
     "update-control -i fw. After a panic or the watchdog ask the vendor first."},
    {Code::undo_given_up, "Undoing the job was interrupted again and again and was given up",
     "The system from before runs, but not everything that the job did is undone.",
     "Read the log, then restart the appliance: systemctl reboot. If mail is stopped after it, see: "
     "update-control -s"},
    {Code::other_system_started, "The boot loader could not start the system in which the job ran",
     "The system in the other slot runs. The job has ended.",
     "Compare both partitions with what was signed: update-control --verify"},
    {Code::interrupted_again, "The job was interrupted in the same phase again and again, and was ended",
     goes_back,
     "Find out why the appliance or the agent restarts: journalctl --list-boots; journalctl -u update-agent. "
     "Then start "
     "again: "
     "update-control -i fw"},
    {Code::journal_damaged, "The job journal is damaged",
     "The appliance goes back to the system from before, unless the new one was committed already.",
     "Check the data disk: journalctl -k -p err. Then start again: update-control -i fw"},
    {Code::journal_not_written, "The job journal cannot be written", by_phase,
     "See whether /data is full or read-only: df /data; findmnt /data; journalctl -k -p err. What fills it: "
     "update-control --check fw"},
    {Code::job_stopped, "The job stopped in the middle, because not even its journal could be written",
     "The appliance stays where the job was. Mail may be stopped. No other job can begin.",
     "Restart the appliance, it then comes back as its journal says: systemctl reboot"},
    {Code::not_finished, "The new version is committed, but not everything that follows could be done",
     "The new version runs and stays. There is no way back by itself.",
     "Correct what the reason names, then restart the appliance: systemctl reboot"},
    {Code::resumed, "The job was interrupted and goes on where it stopped", job_goes_on,
     "Nothing has to be done. If you did not restart it, the message says why it restarted."},
    {Code::undo_failed, "One step of undoing the job failed",
     "The other steps are done all the same, and the system from before runs. What is left takes space at "
     "most, or "
     "keeps units stopped.",
     "The end of the job names what is left and the commands for it: update-control -s. A restart does the "
     "rest: "
     "systemctl reboot"},
    {Code::finishing_retried, "The new version is committed, and one of the last steps is tried again",
     "The new version runs and stays. The job goes on until it is done.",
     "Correct what the message names; the next try finds it. To end the job without: update-control -c"},
    {Code::old_rollback_interrupted,
     "A rollback of an older updater was interrupted before the other system started",
     "The appliance runs the version that it ran before.",
     "Start it again: update-control --rollback --force"},
    {Code::end_not_recorded, "The job has ended, but not all of its end could be recorded",
     "The appliance is as the end of the job says. The history, a notice or the list of failed versions may "
     "lack it.",
     "See whether /data is full or read-only: df /data; findmnt /data"},
    {Code::log_not_written, "The log of the job or the systemd journal cannot be written", job_goes_on,
     "See whether /var/spool/updates is full: df /var/spool/updates. The same lines are in: journalctl -u "
     "update-agent"},
    {Code::old_logs_not_removed, "Old logs of jobs could not be removed", job_goes_on,
     "See what the disk says: journalctl -k -p err; ls -l /var/spool/updates/XPU"},
};

} // namespace

std::span<const Message> messages_of_job() {
    return job_messages;
}

} // namespace updater::messages
