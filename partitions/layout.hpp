// The paths on an appliance that the updater writes or shares (.doc/design.md has a picture). Made by the
// agent's main, changed by tests; whoever needs one gets it in the constructor.
#pragma once

#include <filesystem>

namespace partitions {

struct Layout {
    std::filesystem::path data = "/data";
    std::filesystem::path journal = "/data/update-control/journal";
    /// Made by update-control-deadline.service.
    std::filesystem::path deadline_passed = "/data/update-control/deadline-passed";
    std::filesystem::path deadline = "/run/update-control/deadline"; ///< tells that service when it passes
    /// Both made by the initramfs before a trial.
    std::filesystem::path on_trial = "/run/update-control/on-trial";
    std::filesystem::path services_held = "/run/update-control/services-held";
    /// The name of the generation that a rollback left; an installation would remove that generation.
    std::filesystem::path left_generation = "/data/update-control/left-generation";
    std::filesystem::path least_version = "/data/update-control/least-version";
    std::filesystem::path failed_versions = "/data/update-control/failed-versions.json";
    std::filesystem::path history = "/data/update-control/history.json"; ///< the jobs that have ended
    /// The signed heads of what the OS partitions hold.
    std::filesystem::path images = "/data/update-control/images";
    std::filesystem::path rescue = "/data/update-control/rescue.json"; ///< when the rescue copy was made
    std::filesystem::path feed = "/data/update-control/feed";
    std::filesystem::path schedule = "/data/update-control/schedule.json";
    std::filesystem::path notices = "/data/update-control/notices"; ///< those to deliver
    std::filesystem::path told_notices = "/data/update-control/told.json";
    std::filesystem::path snapshots = "/data/update-control/snapshots"; ///< of the settings in /etc
    std::filesystem::path firmware = "/var/spool/updates/firmware";
    std::filesystem::path logs = "/var/spool/updates/XPU";
    std::filesystem::path system_logs = "/var/log";
    std::filesystem::path settings = "/etc/update-control/settings.xml";
    std::filesystem::path run = "/run/update-control";
    /// The machine's uptime when the agent first ran in this start of it.
    std::filesystem::path first_start = "/run/update-control/first-start";
    std::filesystem::path motd = "/run/update-control/motd"; ///< /etc/motd.d has a link to it
    /// For this start of the appliance only.
    std::filesystem::path network_pins = "/run/systemd/network";
    std::filesystem::path hooks = "/usr/lib/update-control/hooks"; ///< inside the new system
    std::filesystem::path configuration_checks =
        "/usr/lib/update-control/configuration-checks"; ///< inside the new system
    /// Programs that check before an installation: those of an image, and the administrator's.
    std::filesystem::path check_programs = "/usr/lib/update-control/check.d";
    std::filesystem::path own_check_programs = "/etc/update-control/check.d";
    /// The vendor's programs that say which setting would free how much of a disk.
    std::filesystem::path disk_use_programs = "/usr/lib/update-control/disk-use.d";
    /// That mail was stopped on request (--drain); the packet filter rule beside it is for the next start.
    std::filesystem::path drained = "/data/update-control/drained.json";
    std::filesystem::path drained_rules = "/data/update-control/drained.nft";
    /// The product's programs for its mail queue and its role in a cluster, and the administrator's in place
    /// of them.
    std::filesystem::path cluster_programs = "/usr/lib/update-control/cluster.d";
    std::filesystem::path own_cluster_programs = "/etc/update-control/cluster.d";
    /// The product's programs at the hook points of an upgrade.
    std::filesystem::path before_stop_programs = "/usr/lib/update-control/before-stop.d";
    std::filesystem::path after_commit_programs = "/usr/lib/update-control/after-commit.d";
    /// The product's programs that say the versions of content such as definitions, and repair it.
    std::filesystem::path content_programs = "/usr/lib/update-control/content.d";
    std::filesystem::path content_record = "/data/update-control/content.json";
    std::filesystem::path content_lock = "/run/update-control/content.lock";
    /// Of update-fetch.socket.
    std::filesystem::path fetch_socket = "/run/update-control/fetch.socket";
    /// How the client of a hawkBit server reaches it; without this file there is no such client.
    std::filesystem::path hawkbit_settings = "/etc/update-control/hawkbit.xml";
    std::filesystem::path hawkbit_state =
        "/data/update-control/hawkbit"; ///< what that client must still know
    /// Hashed, as OpenSSL reads it: the authorities that Debian trusts.
    std::filesystem::path certificate_folder = "/etc/ssl/certs";
};

/// What the vendor says about the appliance: at this path in each system.
inline const std::filesystem::path appliance_file = "/usr/share/update-control/appliance.xml";
/// The folders below /var that snapshots of the settings hold.
inline const std::filesystem::path snapshot_places_file = "/usr/share/update-control/snapshot-places";

} // namespace partitions
