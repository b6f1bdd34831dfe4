// Codes of disks, mounts, partitions and the boot loader: 06.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr std::string_view look_at_disk = "See what the kernel says of the disk: journalctl -k -p err. If it "
                                          "has errors, have it replaced; otherwise start "
                                          "again: update-control -i fw";

constexpr Message disk_messages[] = {
    {Code::disk_full, "There is no space left on the disk", by_phase,
     "See what fills it and what frees it: update-control --check fw. Then start again."},
    {Code::storage_failed, "Reading or writing a disk failed", by_phase, look_at_disk},
    {Code::storage_busy, "A device that is to be written is mounted or in use", by_phase,
     "See who uses it: findmnt; lsblk. End that, then start again."},
    {Code::file_missing, "A file or folder that is needed does not exist", by_phase,
     "The message names it. If it is of the OS, compare the partitions with what was signed: update-control "
     "--verify"},
    {Code::mount_failed, "Something could not be mounted or unmounted", by_phase,
     "See: findmnt; journalctl -k -p err. Then start again."},
    {Code::mount_busy, "Something still uses what is to be unmounted", by_phase,
     "See who may be in it: findmnt; systemctl status. End it, then start again."},
    {Code::boot_selection_damaged, "What the boot loader is to start cannot be read",
     "Nothing was changed in the boot loader's environment. The boot loader starts what it finds by its own "
     "rule.",
     "The message has a command that writes it again. Do not restart before that."},
    {Code::boot_selection_refused, "The change would leave no system that can be started",
     "Nothing was changed in the boot loader's environment.",
     "See what both slots hold: update-control -l; compare them with what was signed: update-control "
     "--verify"},
    {Code::generation_missing, "The folder with the configuration and stores of a system is missing",
     by_phase,
     "Look at what is there: ls -l /data/slots /data/generations. Do not remove anything by hand; ask the "
     "vendor."},
    {Code::generation_in_use, "The configuration and stores of a system that is in use were to be removed",
     nothing_changed, "Ask the vendor, with: update-control --support-bundle /data/support.tar.zst"},
    {Code::partition_missing, "A partition of the appliance is missing", nothing_changed,
     "Look at the disks: lsblk -o NAME,PARTLABEL,SIZE. One may be broken or unplugged."},
    {Code::partition_ambiguous, "More than one disk has a partition of this name", nothing_changed,
     "Unplug the other disk: lsblk -o NAME,PARTLABEL,SIZE"},
    {Code::image_too_large, "The image does not fit the partition", ended_while_mail_flows,
     "Ask the vendor for a firmware that fits this appliance's partitions."},
    {Code::read_back_mismatch, "The disk does not hold what was written to it", ended_while_mail_flows,
     look_at_disk},
    {Code::image_not_made, "A part of the image could not be made from any source", ended_while_mail_flows,
     "Start again; if it fails again, download the whole file first: update-control -d fw; then "
     "update-control -i fw"},
    {Code::bus_failed, "A call over the system bus failed", by_phase,
     "See whether systemd and D-Bus answer: systemctl status; journalctl -u dbus. Then start again."},
    {Code::not_an_appliance, "The machine was not started the way an appliance is", nothing_changed,
     "Nothing can be upgraded on it. Restart it by its own boot loader: systemctl reboot"},
};

} // namespace

std::span<const Message> messages_of_disk() {
    return disk_messages;
}

} // namespace updater::messages
