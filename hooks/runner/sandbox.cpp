// Forbids everything that a conversion does not need. The order of the lines has no meaning.
#include "hooks/runner/sandbox.hpp"

#include <algorithm>
#include <cerrno>

namespace hooks::runner {
namespace {

/// More than a database server with its workers needs; fewer than would make a machine unresponsive.
constexpr std::uint64_t max_tasks = 512;
/// Of 10000; services have 100.
constexpr std::uint64_t weight_in_background = 10;
constexpr std::int32_t nice_in_background = 10;
/// The kernel ends a rehearsal before it ends anything that mail needs.
constexpr std::int32_t oom_score_in_background = 800;

void protect(std::vector<UnitProperty> &properties, const HookCall &call) {
    properties.insert(properties.end(),
                      {{"PrivateTmp", true},
                       {"PrivateDevices", true},
                       // Another database server could mistake this one's System V shared memory for its own.
                       {"PrivateIPC", true},
                       {"ProtectKernelTunables", true},
                       {"ProtectKernelModules", true},
                       {"ProtectKernelLogs", true},
                       {"ProtectControlGroups", true},
                       {"ProtectClock", true},
                       {"ProtectHostname", true},
                       {"LockPersonality", true},
                       {"RestrictRealtime", true},
                       {"NoNewPrivileges", true},
                       {"SystemCallArchitectures", std::vector<std::string>{"native"}},
                       {"SystemCallErrorNumber", std::int32_t{EPERM}},
                       {"CapabilityBoundingSet", call.capabilities},
                       {"TasksMax", max_tasks},
                       {"LimitCORE", std::uint64_t{0}}});
    std::vector<std::string> forbidden{"@clock",    "@cpu-emulation", "@debug",   "@module",
                                       "@obsolete", "@raw-io",        "@reboot",  "@swap",
                                       "bpf",       "keyctl",         "quotactl", "userfaultfd"};
    if (!call.may_mount) {
        // Not the group @mount: chroot is one of it.
        for (const char *each :
             {"mount", "umount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsconfig",
              "fsmount", "fspick", "mount_setattr", "setns", "unshare"})
            forbidden.emplace_back(each);
        properties.push_back({"RestrictNamespaces", std::uint64_t{0}}); // those that stay permitted
    }
    properties.push_back({"SystemCallFilter", ForbiddenCalls{forbidden}});
}

} // namespace

std::vector<UnitProperty> sandbox_of(const HookCall &call) {
    std::vector<UnitProperty> properties{{"PrivateNetwork", call.private_network}};
    if (call.root != "/") {
        properties.push_back({"RootDirectory", call.root.string()});
        // Also gives an empty writable /run, in which systemd can make mount points although the root is
        // read-only.
        properties.push_back({"MountAPIVFS", true});
    } else if (call.protect_system) {
        properties.push_back({"ProtectSystem", std::string("strict")});
        if (call.sees_sockets) // not made read-only by the line before
            properties.push_back({"ReadOnlyPaths", std::vector<std::string>{"/run"}});
        if (!call.writable.empty())
            properties.push_back(
                {"ReadWritePaths", std::vector<std::string>(call.writable.begin(), call.writable.end())});
    }
    if (call.protect_system)
        protect(properties, call);
    if (call.in_background)
        properties.insert(properties.end(), {{"Nice", nice_in_background},
                                             {"CPUWeight", weight_in_background},
                                             {"IOWeight", weight_in_background},
                                             {"OOMScoreAdjust", oom_score_in_background}});
    return properties;
}

std::vector<TemporaryFilesystem> temporary_filesystems_of(const HookCall &call) {
    auto all = call.temporary_filesystems;
    if (!call.protect_system)
        return all;
    all.push_back({"/dev/shm", "mode=1777"});
    if (call.root != "/" || std::ranges::find(call.writable, "/run") != call.writable.end())
        return all;
    if (call.sees_sockets)
        // Who may ask these as root can change everything.
        all.insert(all.end(), {{"/run/systemd", "mode=755"}, {"/run/dbus", "mode=755"}});
    else
        all.push_back({"/run", "mode=755"}); // holds the sockets of all running services
    return all;
}

} // namespace hooks::runner
