// Codes of what checks find, before an installation and when they are asked for: 04. A code tells which check
// it was; its verdict stands beside it.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message check_messages[] = {
    {Code::several_checks, "More than one check refused the installation", nothing_changed,
     "See each by itself, with its code and advice: update-control --check fw"},
    {Code::check_product, "Whether the firmware is made for this product and hardware", found_only,
     "Use the firmware that the vendor makes for this appliance."},
    {Code::check_version, "Whether the version can be installed from the running one", found_only,
     "If the running version is too old, install the one that the message names first. An older version "
     "cannot be "
     "installed; to go back to the system before: update-control --rollback"},
    {Code::check_new_version, "Whether the version runs already", found_only,
     "Nothing has to be done. To write the same version again: update-control -i fw FILE --force"},
    {Code::check_stored_mail,
     "Whether the installation would remove mail that only the version left by a rollback has", found_only,
     "Have that mail again with: update-control --rollback --force. To give it up: update-control -i fw "
     "--force"},
    {Code::check_earlier_attempts, "Whether the version failed on this appliance before", found_only,
     "Mend the reason that is named first; it would fail again. See: update-control --history"},
    {Code::check_conversions, "Whether the new version can read the stores and the configuration", found_only,
     "Install the version that the message names first, so that data is converted step by step."},
    {Code::check_packages, "Whether the packages that the firmware requires are installed", found_only,
     "Install the patch level that brings those packages; the vendor's release notes name it."},
    {Code::check_ports, "Whether the ports that the new version needs are free", found_only,
     "Stop what holds the port, or give it another one. See who it is: ss -lntup"},
    {Code::check_partition, "Whether the image fits the partition", found_only,
     "Ask the vendor for a firmware that fits this appliance's partitions."},
    {Code::check_firmware_space, "Whether there is as much space as the firmware wants", found_only,
     "Free what the message names; the advice has the commands, largest first."},
    {Code::check_conversion_space, "Whether a store can be converted beside itself", found_only,
     "One and a half times the store's size has to be free. The advice has what fills the disk, and what "
     "frees it."},
    {Code::check_space, "Whether the share of the disk that the vendor wants free is free", found_only,
     "The advice has what fills the disk and what frees it, with commands; then check again: update-control "
     "--check fw"},
    {Code::check_stores, "Whether each store lies completely in its folder on the data partition", found_only,
     "Move the store back to where the message says, in place of the symbolic link or mount."},
    {Code::check_store_access, "Whether the account that reads a store can read all of it", found_only,
     "Give the account the rights to what the message names."},
    {Code::check_services, "Whether the units that must run after the upgrade are switched on", found_only,
     "Enable or unmask the unit with the command of the advice; otherwise the upgrade would be rolled back."},
    {Code::check_image_files, "Whether something covers files of the OS image", found_only,
     "Unmount what covers them, or move the change to /etc: the new version would not have it."},
    {Code::check_disk_health, "Whether the kernel reports errors of the disk or the file system", found_only,
     "Make a copy of what matters, then have the disk checked or replaced: journalctl -k -p err"},
    {Code::check_boot_loader, "Whether the boot loader starts the running system by default", found_only,
     "See what is under way: update-control -s. If nothing is, restart before you install: systemctl reboot"},
    {Code::check_rescue_partition, "What the rescue partition holds, which an installation replaces",
     found_only, "If you may want to go back to that system, do so before: update-control --rollback"},
    {Code::check_failed_units, "Whether units had failed before the upgrade", found_only,
     "See why: systemctl --failed. It is not held against the new version, but it may be worth mending "
     "first."},
    {Code::check_pending_restart, "Whether a restart is pending", found_only,
     "Restart first, so that the upgrade begins from what really runs: systemctl reboot"},
    {Code::check_clock, "Whether the clock is right and synchronised", found_only,
     "Look at: timedatectl. Certificates, the feed's date and windows depend on it."},
    {Code::check_names_in_etc, "Whether names of files in /etc have odd characters", found_only,
     "They are carried over as they are. Rename them if a program cannot read them."},
    {Code::check_other_job, "Whether another job runs", found_only, "Wait for its end: update-control -f"},
    {Code::check_firmware, "Whether there is firmware, and its signature and manifest are right", found_only,
     "Do what the finding advises. What is here and in the feed: update-control -l"},
    {Code::check_firmware_file, "Whether every part of the firmware file is as signed", found_only,
     "Copy or download the file again, then check again: update-control --check fw FILE"},
    {Code::checks_ended_early, "The checks ended before all were made", found_only,
     "See why: journalctl -u update-agent. Then check again: update-control --check fw"},
    {Code::check_program, "What a check program of the vendor or of the administrator says", found_only,
     "The program is in check.d of /usr/lib/update-control or /etc/update-control; its line has the advice. "
     "One that is "
     "no longer wanted is switched off with chmod -x."},
    {Code::check_way_back, "The previous system is older than the least acceptable version", nothing_changed,
     "There is no rollback to it. If the running version does not work for you, ask the vendor for a newer "
     "one."},
};

} // namespace

std::span<const Message> messages_of_checks() {
    return check_messages;
}

} // namespace updater::messages
