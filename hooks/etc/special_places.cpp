// The table of special places in /etc of Debian 12 and 13; see the header.
#include "hooks/etc/special_places.hpp"

#include <algorithm>
#include <array>
#include <fnmatch.h>

namespace hooks::etc {

namespace {

struct Row {
    const char *pattern; // fnmatch(3), '*' does not match '/'
    Treatment treatment;
    std::string_view why;
};

constexpr std::array rows = {
    Row{"ld.so.cache", Treatment::leave_behind, "made by ldconfig from the libraries of the old system"},
    Row{"udev/hwdb.bin", Treatment::leave_behind, "compiled by udev from the files of the old system"},
    Row{".updated", Treatment::leave_behind, "systemd's mark for the old system"},
    Row{"mtab", Treatment::leave_behind, "a view of the mounted file systems"},
    Row{".pwd.lock", Treatment::leave_behind, "a lock of the account tools"},
    Row{"passwd-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"group-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"shadow-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"gshadow-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"subuid-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"subgid-", Treatment::leave_behind, "a backup made by the account tools"},
    Row{"os-release", Treatment::leave_behind, "says which system this is"},
    Row{"debian_version", Treatment::leave_behind, "says which system this is"},
    Row{".resolv.conf.systemd-resolved.bak", Treatment::leave_behind, "a backup made by a package"},
    Row{"update-control/carried-over.txt", Treatment::leave_behind, "the report of an earlier upgrade"},
    Row{"update-control/carried-var.txt", Treatment::leave_behind, "the report of an earlier upgrade"},
    Row{"update-control/accounts-before", Treatment::leave_behind, "left by an earlier upgrade"},
    Row{"update-control/update-new", Treatment::leave_behind, "laid there by an earlier upgrade"},
    Row{"systemd/network/*update-control*", Treatment::leave_behind,
        "an address pinned for the time of an upgrade"},

    Row{"machine-id", Treatment::keep_ours, "the identity of this appliance"},
    Row{"hostname", Treatment::keep_ours, "the identity of this appliance"},
    Row{"ssh/ssh_host_*", Treatment::keep_ours, "the identity of this appliance"},
    // Key and certificate belong together; a merge could mix two pairs.
    Row{"ssl/private/ssl-cert-snakeoil.key", Treatment::keep_ours, "half of a key pair"},
    Row{"ssl/certs/ssl-cert-snakeoil.pem", Treatment::keep_ours, "half of a key pair"},

    Row{"mailsec/policies", Treatment::other_conversion, "goes on to the conversion of the policies"},
};

} // namespace

Place place_of(const std::filesystem::path &relative) {
    // A file that an earlier upgrade put beside another is of an outdated release.
    if (relative.extension() == ".update-new")
        return {Treatment::leave_behind, "laid there by an earlier upgrade"};
    std::filesystem::path reached;
    for (const std::filesystem::path &name : relative) {
        reached /= name;
        for (const Row &row : rows)
            if (fnmatch(row.pattern, reached.c_str(), FNM_PATHNAME) == 0)
                return {row.treatment, row.why};
    }
    return {};
}

bool reads_every_file(const std::filesystem::path &directory) {
    // logrotate reads every name that it does not know as a backup's; systemd makes a unit from every script
    // in init.d; scripts run whatever their name; the others are read by the pattern "*".
    static constexpr std::array directories = {"logrotate.d",
                                               "init.d",
                                               "network/interfaces.d",
                                               "dnsmasq.d",
                                               "bash_completion.d",
                                               "initramfs-tools/conf.d",
                                               "nginx/sites-enabled",
                                               "apparmor.d",
                                               "monit/conf.d",
                                               "monit/conf-enabled",
                                               "NetworkManager/dispatcher.d",
                                               "NetworkManager/dispatcher.d/no-wait.d",
                                               "NetworkManager/dispatcher.d/pre-down.d",
                                               "NetworkManager/dispatcher.d/pre-up.d",
                                               "NetworkManager/system-connections",
                                               "systemd/system-generators",
                                               "systemd/system-shutdown",
                                               "systemd/system-sleep",
                                               "systemd/user-generators"};
    return std::find(directories.begin(), directories.end(), directory) != directories.end();
}

} // namespace hooks::etc
