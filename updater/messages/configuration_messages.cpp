// Codes of conversions, the configuration and the programs of the new image: 08.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message configuration_messages[] = {
    {Code::conversion_failed, "A conversion of the configuration or of a store failed", by_phase,
     "The lines before it in the log are the conversion's own. If they name something of this appliance, "
     "mend it and "
     "start again; otherwise send the vendor: update-control --support-bundle /data/support.tar.zst"},
    {Code::conversion_postponed, "A conversion asks to be tried again later", by_phase,
     "Start again in some minutes: update-control -i fw. Nothing speaks against the version."},
    {Code::configuration_refused, "A program of the new version cannot work with the configuration", by_phase,
     "The message names the checker, the file and the line. Correct that in /etc, then start again: "
     "update-control -i fw"},
    {Code::new_image_refuses, "A check program of the new version refuses the installation",
     ended_while_mail_flows, "Do what its advice says, then start again: update-control -i fw"},
    {Code::configuration_not_in_force, "/etc of the new system is not what was converted for it",
     "The appliance restarts into the system from before by itself, with its configuration and all mail.",
     "Send the vendor: update-control --support-bundle /data/support.tar.zst"},
    {Code::program_not_run, "A program of the image could not be run", by_phase,
     "See why: journalctl -b -p err; systemctl status. Then start again."},
    {Code::program_warns, "A conversion or a program of the image warns",
     "The job goes on. Something may not have been carried over.",
     "Read the line, and what was done with each file: /etc/update-control/carried-over.txt and "
     "carried-var.txt after "
     "the upgrade."},
    {Code::appliance_file_wrong, "The vendor's configuration of the appliance cannot be read",
     nothing_changed,
     "Compare the running system with what was signed: update-control --verify. Ask the vendor."},
    {Code::unknown_conflicts,
     "This appliance and the new version changed the same, and that was to stop the job",
     ended_while_mail_flows,
     "Undo the changes that the message names, or name those that may stay, and start again: update-control "
     "-i "
     "fw --stop-on-conflict --known-conflict PATH. Where they stay, the new version's file lies beside as "
     "NAME.update-new."},
    {Code::hook_point_failed, "A program that runs before the services stop refused the upgrade",
     ended_while_mail_flows,
     "The message names the program and its reason. Correct that and see: PROGRAM run. Then start again: "
     "update-control -i fw"},
    {Code::hook_point_postponed, "A program that runs before the services stop asks for a later time",
     ended_while_mail_flows,
     "Start again in some minutes: update-control -i fw. Nothing speaks against the version."},
    {Code::cluster_program_failed,
     "The product's program for the mail queue, the role or a test message failed",
     "The node is as the program left it. Mail that was stopped on request stays stopped.",
     "The message has the program's reason. See the role and the queue: update-control -s; update-control "
     "--drain"},
};

} // namespace

std::span<const Message> messages_of_configuration() {
    return configuration_messages;
}

} // namespace updater::messages
