// Codes of the rescue partition and of snapshots, 09, and of times to install at, 10.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message snapshot_messages[] = {
    {Code::running_system_damaged, "The partition of the running system is not as it was signed",
     "The appliance runs from it. No copy of it is made.",
     "See what differs: update-control --verify. Write its version again: update-control -i fw FILE --force"},
    {Code::snapshot_refused, "A snapshot of the settings was not made, found, read or restored",
     nothing_changed,
     "Do what the second line of the message says. The snapshots that are here: update-control --snapshot "
     "list"},
    {Code::snapshot_damaged, "The file is no snapshot, or it is damaged", nothing_changed,
     "Use another one: update-control --snapshot list; or copy it to the appliance again."},
    {Code::restore_waits,
     "Settings that were restored wait for a restart, or the last one could not put them in force",
     nothing_changed,
     "Restart: systemctl reboot; or keep the settings of now: update-control --snapshot cancel-restore"},
    {Code::no_space_for_snapshot, "There is no space for a snapshot of the settings", nothing_changed,
     "Delete snapshots that are no longer needed: update-control --snapshot list; update-control --snapshot "
     "delete "
     "NAME. What else fills the disk: update-control --check fw"},
    {Code::previous_system_kept, "The previous system was not removed, because mail would be lost with it",
     nothing_changed,
     "Do what the second line of the message says. To give that mail up: update-control "
     "--drop-previous --force"},
    {Code::time_refused, "The time cannot be read, or lies in the past", nothing_changed,
     "Write it as systemd.time(7) says, such as \"Sun 03:00\". Try it: systemd-analyze calendar \"Sun "
     "03:00\""},
    {Code::schedule_damaged, "What was scheduled cannot be read", "Nothing is scheduled any longer.",
     "Order it again: update-control --at TIME -i fw"},
};

} // namespace

std::span<const Message> messages_of_snapshots() {
    return snapshot_messages;
}

} // namespace updater::messages
